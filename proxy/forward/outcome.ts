import type { JsonRpcResponse } from "#proxy/json/json-rpc.ts";
import type { Settlement } from "#proxy/ports.ts";
import type { UpstreamFailure } from "#proxy/upstream/types.ts";

type Verdict = Pick<Settlement, "outcome" | "detail">;

/**
 * What an upstream's answer to a tool call means. Some servers report failures inside a result that
 * is not marked as an error; a record that trusted `isError` would miss them.
 */
export function outcomeOf(message: JsonRpcResponse): Verdict {
  if ("error" in message) {
    return { outcome: "upstream_error", detail: `JSON-RPC error ${message.error.code}` };
  }
  const { result } = message;
  if (isTask(result.task)) return { outcome: "ok", detail: "accepted as a task" };
  if (result.isError === true) return { outcome: "tool_error", detail: "isError" };
  if (reportsError(result.structuredContent) || reportsErrorText(result.content)) {
    return { outcome: "tool_error", detail: "the body reports an error although isError is false" };
  }
  return { outcome: "ok", detail: null };
}

/** The outcome of a call whose upstream gave no answer. */
export function outcomeOfFailure(failure: UpstreamFailure): Verdict {
  const outcome = failure.code === "cancelled" ? "cancelled" : "upstream_error";
  const sent = failure.bytesSent ? "after the call was sent" : "before anything was sent";
  return { outcome, detail: `${failure.code}, ${sent}` };
}

function isTask(task: unknown): boolean {
  return typeof task === "object" && task !== null && "taskId" in task;
}

function reportsError(structured: unknown): boolean {
  return (
    typeof structured === "object" &&
    structured !== null &&
    "status" in structured &&
    structured.status === "error"
  );
}

function reportsErrorText(content: unknown): boolean {
  if (!Array.isArray(content) || content.length !== 1) return false;
  const [only]: unknown[] = content;
  if (typeof only !== "object" || only === null || !("text" in only)) return false;
  return typeof only.text === "string" && /^\s*\{\s*"status"\s*:\s*"error"/.test(only.text);
}
