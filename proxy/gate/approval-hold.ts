import { approvalLink } from "#proxy/answer/answers.ts";
import type { Exchange } from "#proxy/exchange.ts";
import type {
  JsonRpcMessage,
  JsonRpcNotification,
  JsonRpcRequest,
  JsonRpcResponse,
} from "#proxy/json/json-rpc.ts";
import type { Access, ApprovalNews } from "#proxy/ports.ts";
import { objectOf } from "#proxy/receive/era.ts";
import { watchDrain } from "./drain-watch.ts";

/** A call that waits for a person. */
export interface Waiting {
  callId: string;
  approvalId: string;
  tool: string;
  /** The rule's approval options; only who may approve matters here. */
  options: unknown;
}

const tickMs = 5_000;
/** Begins the ids of our own questions; servers' questions are signed and begin otherwise. */
const questionPrefix = "callgate.approval.";

/**
 * Holds a call open for a person's decision, at most as long as configured and until this proxy is
 * about to stop, and tells its agent about every five seconds, where it asked for progress. What to
 * do about the decision is the caller's.
 *
 * When a modern agent goes away, or a legacy one cancels the call or ends its session, the request
 * is withdrawn. A legacy agent that merely disconnects may repeat the call, so its request stays.
 *
 * @returns null when nobody waits for an answer any more
 */
export async function holdCall(
  exchange: Exchange,
  request: JsonRpcRequest,
  waiting: Waiting,
): Promise<ApprovalNews | null> {
  const { state, reply, access, era } = exchange;
  const { callId, approvalId } = waiting;
  const { orgId } = access;
  const requestId = JSON.stringify(request.id);
  await state.ports.enterHold({ orgId, callId, approvalId, scope: scopeOf(access), requestId });
  try {
    const question = questionFor(exchange, waiting);
    if (question) await reply.event(JSON.stringify(question));
    const news = await awaitNews(exchange, request, waiting);
    if (reply.gone) {
      if (era === "modern") await state.ports.withdrawApproval(orgId, { callId });
      return null;
    }
    if (news.state === "cancelled") {
      // The agent asked for no answer (MCP 2025-11-25, "Cancellation").
      reply.startStream();
      reply.endStream();
      return null;
    }
    if (question && news.state !== "pending") {
      await reply.event(JSON.stringify(questionAnswered(approvalId)));
    }
    return news;
  } finally {
    // What stays behind is swept; the answer does not wait for it.
    state.ports.leaveHold(orgId, callId).catch(() => {});
  }
}

async function awaitNews(
  { state, reply, access }: Exchange,
  request: JsonRpcRequest,
  { callId, approvalId }: Waiting,
): Promise<ApprovalNews> {
  const token = progressToken(request);
  const started = state.now();
  let ticks = 0;
  const drain = watchDrain(state);
  try {
    for (;;) {
      const news = await state.ports.readApproval(access.orgId, approvalId, callId);
      if (news === null) return { state: "void" };
      const elapsed = state.now() - started;
      const left = state.config.approvalHoldMs - elapsed;
      const isOver = left <= 0 || reply.gone || state.isDraining();
      if (news.state !== "pending" || isOver) return news;
      if (elapsed >= (ticks + 1) * tickMs) {
        ticks += 1;
        if (token !== null) await reply.event(progress(token, ticks, approvalId, elapsed));
        else reply.comment();
      }
      const changed = state.ports.approvalMayHaveChanged(approvalId, Math.min(left, 1_000));
      await Promise.race([changed, drain.begun]);
    }
  } finally {
    drain.forget();
  }
}

/**
 * Takes note of a cancellation of a held call, or swallows the answer to a question of ours.
 * @returns false when the message is for the server
 */
export async function takeHeldNotice(
  { state, access }: Exchange,
  message: JsonRpcNotification | JsonRpcResponse,
): Promise<boolean> {
  if (!("method" in message)) return isOwnAnswer(message);
  if (message.method !== "notifications/cancelled") return false;
  const id = message.params?.requestId;
  if (typeof id !== "string" && typeof id !== "number") return false;
  const ended = { scope: scopeOf(access), requestId: JSON.stringify(id) };
  return (await state.ports.withdrawApproval(access.orgId, ended)) > 0;
}

/** Whether a message answers a question of ours, which nobody waits for: the approval says what became of it. */
export function isOwnAnswer({ id }: JsonRpcResponse): boolean {
  return typeof id === "string" && id.startsWith(questionPrefix);
}

/** Withdraws what the calls of a session are held for, when the session ends. */
export async function withdrawHeld({ state, access }: Exchange): Promise<void> {
  await state.ports.withdrawApproval(access.orgId, { scope: scopeOf(access), requestId: null });
}

/**
 * The question that opens the approval's page for the agent's user, for clients that can open URLs
 * (MCP 2025-11-25, "Elicitation", URL mode). Not where the rule wants somebody else to approve.
 */
function questionFor(
  { state, access, era }: Exchange,
  { callId, approvalId, tool, options }: Waiting,
): JsonRpcMessage | null {
  if (era !== "legacy" || !access.session?.opensUrls || excludesRequester(options)) return null;
  return {
    jsonrpc: "2.0",
    id: `${questionPrefix}${callId}`,
    method: "elicitation/create",
    params: {
      mode: "url",
      elicitationId: approvalId,
      url: approvalLink(state.config.publicUrl, access, approvalId),
      message: `A person has to approve this call of ${tool}. Open the page to see exactly what will run, and decide there.`,
    },
  };
}

function questionAnswered(elicitationId: string): JsonRpcMessage {
  return {
    jsonrpc: "2.0",
    method: "notifications/elicitation/complete",
    params: { elicitationId },
  };
}

/** Whether the rule wants somebody else to approve; what cannot be read excludes everybody. */
export function excludesRequester(options: unknown): boolean {
  if (typeof options !== "object" || options === null) return true;
  if (!("exclude" in options)) return false;
  return !Array.isArray(options.exclude) || options.exclude.includes("requester");
}

/** Tells an agent that a person is still awaited; `count` of times so far. */
export function progress(
  progressToken: string | number,
  count: number,
  approvalId: string,
  elapsedMs: number,
): string {
  const message = `Waiting for approval ${approvalId} for ${Math.round(elapsedMs / 1000)} s`;
  // Far below any progress the server itself will report, so that it only ever increases.
  const params = { progressToken, progress: count / 1_000_000, message };
  return JSON.stringify({ jsonrpc: "2.0", method: "notifications/progress", params });
}

/** What the agent wants progress to be told under; null when it wants none. */
export function progressToken(request: JsonRpcRequest): string | number | null {
  const token = objectOf(request.params?._meta)?.progressToken;
  return typeof token === "string" || typeof token === "number" ? token : null;
}

/** Where the protocol has no session, the agent's token is the session (design section 6). */
export function scopeOf(access: Access): string {
  return access.session?.id ?? access.tokenId;
}
