import type { Exchange } from "#proxy/exchange.ts";
import { sealRequestId } from "#proxy/forward/correlation.ts";
import type { JsonRpcRequest, RequestId } from "#proxy/json/json-rpc.ts";
import type { JsonObject, JsonValue } from "#proxy/json/parse-json.ts";
import { objectOf } from "#proxy/receive/era.ts";
import { capabilityFor } from "./methods.ts";

export type QuestionVerdict =
  /** The agent may be asked, under this id. */
  | { kind: "ask"; id: RequestId }
  /** The server gets this error at once, and the agent never hears of it. */
  | { kind: "refuse"; code: number; message: string };

/** Whether a server's request may reach the agent; the messages are for the server's developer. */
export function judgeQuestion(exchange: Exchange, question: JsonRpcRequest): QuestionVerdict {
  const { access, gate, state } = exchange;
  const { method, params } = question;
  const capability = capabilityFor(method);
  if (capability === undefined) {
    return refuse(-32601, `Method not found: ${method}`);
  }
  if (capability !== null && gate.server.strippedCapabilities.includes(capability)) {
    return refuse(-32601, `The agent's ${capability} is not open to this server.`);
  }
  if (method === "elicitation/create" && params?.mode === "url" && !isOpenable(params.url)) {
    return refuse(-32602, "An elicitation URL must be https, or http on the agent's own machine.");
  }
  const id = sealRequestId(state.ports.correlationKey(), access, question.id);
  return id === null ? refuse(-32600, "The id of this request is too long.") : { kind: "ask", id };
}

/** Code -32042 of 2025-11-25: the call waits until the URLs in its data have been opened. */
const urlElicitationRequired = -32_042;

/** What is wrong with an error that asks for elicitation; null when nothing is. */
export function elicitationProblem(
  exchange: Exchange,
  error: { code: number; data?: JsonValue },
): string | null {
  if (error.code !== urlElicitationRequired) return null;
  if (exchange.gate.server.strippedCapabilities.includes("elicitation")) {
    return "asks for elicitation, which is not open to it";
  }
  const wanted = objectOf(error.data)?.elicitations;
  const all = Array.isArray(wanted) ? wanted : [];
  return all.every((entry) => isOpenable(objectOf(entry)?.url))
    ? null
    : "wants a URL opened that is neither https nor on the agent's own machine";
}

/**
 * The capabilities of an agent as the server is to see them: without those taken from it, also where
 * tasks would bring them back.
 */
export function stripCapabilities(
  capabilities: JsonObject,
  stripped: readonly string[],
): JsonObject {
  const kept = without(capabilities, stripped);
  const tasks = objectOf(kept.tasks);
  const requests = objectOf(tasks?.requests);
  if (requests === undefined) return kept;
  return { ...kept, tasks: { ...tasks, requests: without(requests, stripped) } };
}

/** https, or plain http to the agent's own machine, as development servers have it. */
export function isOpenable(url: JsonValue | undefined): boolean {
  if (typeof url !== "string" || url.length > 8_192 || !URL.canParse(url)) return false;
  const { protocol, hostname, username, password } = new URL(url);
  if (username !== "" || password !== "") return false;
  if (protocol === "https:") return true;
  const isLoopback =
    hostname === "localhost" || hostname === "[::1]" || /^127(\.\d+){3}$/.test(hostname);
  return protocol === "http:" && isLoopback;
}

function without(object: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}

function refuse(code: number, message: string): QuestionVerdict {
  return { kind: "refuse", code, message };
}
