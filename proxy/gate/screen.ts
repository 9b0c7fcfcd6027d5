import { notFoundAnswer } from "#proxy/answer/answers.ts";
import type { Exchange } from "#proxy/exchange.ts";
import { gateNow } from "#proxy/forward/stream-access.ts";
import type {
  JsonRpcError,
  JsonRpcRequest,
  JsonRpcResponse,
  JsonRpcResult,
} from "#proxy/json/json-rpc.ts";
import type { JsonObject } from "#proxy/json/parse-json.ts";
import { modernAnswer } from "#proxy/modern/answer.ts";
import { objectOf } from "#proxy/receive/era.ts";
import { targetOf } from "./access.ts";
import { hasActiveLinks, withoutActiveLinks } from "./active-links.ts";
import { screenCompletion } from "./completions.ts";
import { filterLists, isListMethod, keepEntries } from "./filter.ts";
import { namesHiddenTool } from "./hidden-names.ts";
import { shownTaskIds } from "./list-tasks.ts";
import { capabilityFor } from "./methods.ts";
import { elicitationProblem } from "./questions.ts";
import { bindTaskOf, ownTasks, type TaskOrigin } from "./tasks.ts";

/** The agent's request that a reply answers. */
export interface Asked {
  request: JsonRpcRequest;
  /** The call it was recorded as, where it was. */
  origin: TaskOrigin | null;
  /** Tasks of ours that come before the server's in its answer to `tasks/list`. */
  ownTasks?: readonly JsonObject[];
}

/** What of an answer the agent gets. */
export type Screened =
  | { kind: "pass" }
  /** The answer with this change, which is made to the parsed answer and to an exact copy. */
  | { kind: "edit"; edit: (message: JsonRpcResponse) => void }
  /** The server's fault: nothing of the answer is delivered. */
  | { kind: "fault"; problem: string };

const pass: Screened = { kind: "pass" };

/**
 * Holds an answer against what its agent may see, on whatever path it came: lists are filtered, tasks
 * bound to the agent, and texts that name a hidden tool are replaced (protocol.md 6.2 rows 6 and 8).
 *
 * @param asked what is answered; null on a stream that belongs to no request
 */
export async function screenAnswer(
  exchange: Exchange,
  message: JsonRpcResponse,
  asked: Asked | null,
): Promise<Screened> {
  if ("error" in message) return screenError(exchange, message, asked);
  const screened = await screenResult(exchange, message, asked);
  return hasActiveLinks(message.result) ? withoutLinks(screened) : screened;
}

function withoutLinks(screened: Screened): Screened {
  switch (screened.kind) {
    case "pass":
      return { kind: "edit", edit: withoutActiveLinks };
    case "edit":
      return {
        kind: "edit",
        edit(message) {
          screened.edit(message);
          withoutActiveLinks(message);
        },
      };
    case "fault":
      return screened;
  }
}

function screenError(exchange: Exchange, { error }: JsonRpcError, asked: Asked | null): Screened {
  const problem = elicitationProblem(exchange, error);
  if (problem !== null) return { kind: "fault", problem };
  const missing = asked === null ? null : missingAnswer(exchange, error, asked.request);
  if (missing !== null) return editError(missing);
  const text =
    error.data === undefined ? error.message : error.message + JSON.stringify(error.data);
  return namesHiddenTool(exchange.gate, text)
    ? editError({ code: error.code, message: "The server refused the request." })
    : pass;
}

function editError(error: JsonRpcError["error"]): Screened {
  return {
    kind: "edit",
    edit(message) {
      if ("error" in message) message.error = error;
    },
  };
}

/**
 * Where rules hide prompts or resources, the server's own "not found" is put into the words that
 * hidden ones get: else the two could be told apart (invariant 9).
 */
function missingAnswer(
  { gate, era }: Exchange,
  { code, message }: JsonRpcError["error"],
  request: JsonRpcRequest,
): JsonRpcError["error"] | null {
  const target = targetOf(request);
  if (target === null || !gate.hides[target.kind]) return null;
  const isMissing =
    code === -32_002 || (code === -32_602 && /not found|unknown|no such/i.test(message));
  if (!isMissing) return null;
  const answer = notFoundAnswer(request.id, request.method, target);
  const { message: told } = era === "modern" ? modernAnswer(answer, 200) : { message: answer };
  return "error" in told ? told.error : null;
}

async function screenResult(
  exchange: Exchange,
  { result }: JsonRpcResult,
  asked: Asked | null,
): Promise<Screened> {
  const method = asked?.request.method ?? null;
  const isCall = method === null || method === "tools/call" || method === "tasks/result";
  if (isCall && namesHidden(exchange, result)) return { kind: "edit", edit: withoutText };
  if (method === null || (method === "tools/call" && asked?.request.params?.task !== undefined)) {
    const problem = await bindTaskOf(exchange, result, asked?.origin ?? null);
    if (problem !== null) return { kind: "fault", problem };
  }
  if (method === null || method === "tasks/list") {
    const screened = await screenTasks(exchange, result, asked);
    if (screened !== null) return screened;
  }
  if (method === null || method === "completion/complete") {
    const change = screenCompletion(exchange.gate, result, asked?.request ?? null);
    if (change !== null) return editResult(change);
  }
  if (exchange.era === "modern" && result.resultType === "input_required") {
    return screenQuestions(exchange, result);
  }
  if (method === "initialize" || method === "server/discover") {
    return screenGreeting(exchange, result);
  }
  return method === null || isListMethod(method)
    ? screenLists(exchange, result, asked?.request ?? null)
    : pass;
}

function screenLists(
  exchange: Exchange,
  result: JsonObject,
  request: JsonRpcRequest | null,
): Screened {
  const { state, gate, access } = exchange;
  const verdict = filterLists(result, request, gate, state.ports);
  switch (verdict.kind) {
    case "none":
      return pass;
    case "malformed":
      return { kind: "fault", problem: verdict.what };
    case "filtered":
      if (verdict.drifted) {
        state.ports.reportDrift(access.orgId, access.serverId).catch(() => {});
      }
      return editResult((changed) => keepEntries(changed, verdict.kept));
  }
}

/**
 * A list of tasks holds the agent's own, those that it opened as ours under the ids it knows. Null:
 * there is no list of tasks.
 */
async function screenTasks(
  exchange: Exchange,
  { tasks }: JsonObject,
  asked: Asked | null,
): Promise<Screened | null> {
  if (!Array.isArray(tasks)) {
    return asked === null ? null : { kind: "fault", problem: "holds no list of tasks" };
  }
  const ids = tasks.map((task) => {
    const isObject = typeof task === "object" && task !== null && !Array.isArray(task);
    return isObject && typeof task.taskId === "string" ? task.taskId : "";
  });
  const own = await ownTasks(exchange, ids);
  const shown = await shownTaskIds(exchange, [...own]);
  const before = asked?.ownTasks ?? [];
  if (before.length === 0 && shown.size === 0 && ids.every((id) => own.has(id))) return pass;
  return editResult((changed) => {
    if (!Array.isArray(changed.tasks)) return;
    const kept = changed.tasks.filter((_, at) => own.has(ids[at] ?? ""));
    for (const task of kept) renameTask(objectOf(task), shown);
    changed.tasks = [...before, ...kept];
  });
}

function renameTask(task: JsonObject | undefined, shown: ReadonlyMap<string, string>): void {
  const id = typeof task?.taskId === "string" ? shown.get(task.taskId) : undefined;
  if (task !== undefined && id !== undefined) task.taskId = id;
}

/** A call may run for long: what its server may ask of the agent is as of now (invariant 11). */
async function screenQuestions(
  exchange: Exchange,
  { inputRequests }: JsonObject,
): Promise<Screened> {
  const gate = await gateNow(exchange);
  if (gate === null)
    return { kind: "fault", problem: "asks an agent that may not use it any more" };
  for (const question of Object.values(objectOf(inputRequests) ?? {})) {
    const method = objectOf(question)?.method;
    const capability = typeof method === "string" ? capabilityFor(method) : null;
    if (capability && gate.server.strippedCapabilities.includes(capability)) {
      return { kind: "fault", problem: `asks for ${capability}, which is not open to it` };
    }
  }
  return pass;
}

/** Instructions are free text: those that name a hidden tool are left out as a whole. */
function screenGreeting({ gate }: Exchange, { instructions }: JsonObject): Screened {
  const isTelling = typeof instructions === "string" && namesHiddenTool(gate, instructions);
  if (!isTelling) return pass;
  return editResult((changed) => {
    delete changed.instructions;
  });
}

/** A failed call's text that names a hidden tool, as "did you mean …" does. */
function namesHidden({ gate }: Exchange, { isError, content }: JsonObject): boolean {
  return isError === true && namesHiddenTool(gate, JSON.stringify(content ?? null));
}

function withoutText(message: JsonRpcResponse): void {
  if (!("result" in message)) return;
  message.result.content = [{ type: "text", text: "The server refused this call." }];
  delete message.result.structuredContent;
}

function editResult(change: (result: JsonObject) => void): Screened {
  return {
    kind: "edit",
    edit(message) {
      if ("result" in message) change(message.result);
    },
  };
}
