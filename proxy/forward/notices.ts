import type { Exchange } from "#proxy/exchange.ts";
import { judgeAccess } from "#proxy/gate/access.ts";
import { shownTaskIds } from "#proxy/gate/list-tasks.ts";
import { isServerNotification } from "#proxy/gate/methods.ts";
import { relatedTask } from "#proxy/gate/task-answers.ts";
import { ownTasks, taskIdOf } from "#proxy/gate/tasks.ts";
import type { JsonRpcNotification } from "#proxy/json/json-rpc.ts";
import type { JsonObject } from "#proxy/json/parse-json.ts";
import { objectOf } from "#proxy/receive/era.ts";
import { sealRequestId } from "./correlation.ts";

/** What of a server's notification the agent gets. */
export type NoticeVerdict =
  | { kind: "pass" }
  /** With these params instead. */
  | { kind: "params"; params: JsonObject | undefined }
  | { kind: "withhold" };

const pass: NoticeVerdict = { kind: "pass" };
const withhold: NoticeVerdict = { kind: "withhold" };

/** Whether a server's notification may reach the agent: known ones, about what the agent may see. */
export async function judgeNotice(
  exchange: Exchange,
  { method, params }: JsonRpcNotification,
): Promise<NoticeVerdict> {
  if (exchange.era === "modern" && method === "notifications/subscriptions/acknowledged")
    return pass;
  if (!isServerNotification(method)) return withhold;
  switch (method) {
    case "notifications/tools/list_changed":
      reportDrift(exchange);
      return listChanged(params);
    case "notifications/prompts/list_changed":
    case "notifications/resources/list_changed":
      return listChanged(params);
    case "notifications/resources/updated":
      return isReadable(exchange, params) ? pass : withhold;
    case "notifications/tasks/status":
      return taskStatus(exchange, params);
    case "notifications/elicitation/complete":
      return exchange.gate.server.strippedCapabilities.includes("elicitation") ? withhold : pass;
    case "notifications/cancelled":
      return cancelled(exchange, params);
    default:
      return pass;
  }
}

/** The agent's own tasks, those that it opened as ours under the ids it knows. */
async function taskStatus(
  exchange: Exchange,
  params: JsonObject | undefined,
): Promise<NoticeVerdict> {
  const taskId = taskIdOf(params);
  if (taskId === null || !(await ownTasks(exchange, [taskId])).has(taskId)) return withhold;
  const shown = (await shownTaskIds(exchange, [taskId])).get(taskId);
  if (shown === undefined) return pass;
  const related = objectOf(objectOf(params?._meta)?.[relatedTask]);
  const _meta = related && { ...objectOf(params?._meta), [relatedTask]: { taskId: shown } };
  return { kind: "params", params: { ...params, taskId: shown, ...(_meta && { _meta }) } };
}

/** The agent knows the server's question under another id than the server. */
function cancelled({ state, access }: Exchange, params: JsonObject | undefined): NoticeVerdict {
  const requestId = params?.requestId;
  if (typeof requestId !== "string" && typeof requestId !== "number") return withhold;
  const sealed = sealRequestId(state.ports.correlationKey(), access, requestId);
  return sealed === null ? withhold : { kind: "params", params: { ...params, requestId: sealed } };
}

/** They have no params but `_meta`; what else stands there could only tell of hidden things. */
function listChanged(params: JsonObject | undefined): NoticeVerdict {
  return params === undefined ? pass : { kind: "params", params: metaOnly(params) };
}

/** What the server offers now is read by a job; until then, what is not on record is not offered. */
function reportDrift({ state, access }: Exchange): void {
  state.ports.reportDrift(access.orgId, access.serverId).catch(() => {});
}

function isReadable({ gate }: Exchange, params: JsonObject | undefined): boolean {
  const uri = params?.uri;
  if (typeof uri !== "string") return false;
  return gate.observe || judgeAccess(gate, { kind: "resource", name: uri }).kind === "allowed";
}

function metaOnly({ _meta }: JsonObject): JsonObject | undefined {
  return _meta === undefined ? undefined : { _meta };
}
