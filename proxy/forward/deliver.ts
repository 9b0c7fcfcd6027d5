import { type Exchange, findUpstream, upstreamContext } from "#proxy/exchange.ts";
import { judgeQuestion, type QuestionVerdict } from "#proxy/gate/questions.ts";
import { renameForAgent } from "#proxy/gate/related-task.ts";
import { type Asked, screenAnswer } from "#proxy/gate/screen.ts";
import { stringifyChanged } from "#proxy/json/exact-numbers.ts";
import type {
  JsonRpcNotification,
  JsonRpcRequest,
  JsonRpcResponse,
  ParsedMessage,
} from "#proxy/json/json-rpc.ts";
import type { UpstreamFailure, UpstreamReply } from "#proxy/upstream/types.ts";
import { sealEventId } from "./correlation.ts";
import { judgeNotice } from "./notices.ts";
import { gateNow } from "./stream-access.ts";

/** What came of an upstream's reply. At most one of `answer` and `failure` is set. */
export interface Delivered {
  answer: JsonRpcResponse | null;
  failure: UpstreamFailure | null;
  responseBytes: number;
}

/** Shorter than any intermediary waits before it takes a connection for dead. */
const keepAliveMs = 15_000;

type Failed = (failure: UpstreamFailure) => JsonRpcResponse;

/**
 * Relays an upstream's reply to the agent: one JSON answer, or a stream up to the answer. Bytes pass
 * unchanged unless something of a message is not for this agent. When the agent has gone the reply
 * is still read to its end, because its outcome belongs in the record; disconnecting is not
 * cancelling.
 *
 * @param asked  the request that is answered; null on a stream that belongs to no request
 * @param failed makes the answer the agent gets when the upstream fails
 */
export async function deliver(
  exchange: Exchange,
  reply: UpstreamReply,
  asked: Asked | null,
  failed: Failed,
): Promise<Delivered> {
  const { reply: out } = exchange;
  switch (reply.kind) {
    case "error":
      noteRefusal(exchange, reply.failure);
      await out.finish(failed(reply.failure));
      return {
        answer: null,
        failure: reply.failure,
        responseBytes: reply.failure.bytesRead ?? 0,
      };
    case "accepted":
      out.empty(202);
      return { answer: null, failure: null, responseBytes: 0 };
    case "json": {
      const { message, bytes } = reply;
      const outgoing = await answerText(exchange, message, () => bytes.toString("utf8"), asked);
      if (typeof outgoing !== "string" && outgoing !== null) {
        await out.finish(failed(outgoing));
        return { answer: null, failure: outgoing, responseBytes: bytes.length };
      }
      await out.finish(outgoing === null ? bytes : Buffer.from(outgoing), reply.status);
      return { answer: message, failure: null, responseBytes: bytes.length };
    }
    case "stream":
      return keptAwake(exchange, asked, () => deliverStream(exchange, reply.events, asked, failed));
  }
}

/** A legacy agent's call may be silent for long; whoever serves other streams sees to them. */
async function keptAwake(
  { reply, era }: Exchange,
  asked: Asked | null,
  relay: () => Promise<Delivered>,
): Promise<Delivered> {
  if (asked === null || era !== "legacy") return relay();
  const keepAlive = setInterval(() => reply.comment(), keepAliveMs);
  try {
    return await relay();
  } finally {
    clearInterval(keepAlive);
  }
}

/** A credential that its server no longer takes fails for every agent: people have to hear of it. */
function noteRefusal({ state, access }: Exchange, { code, message, fix }: UpstreamFailure): void {
  if (code !== "unauthorized") return;
  const detail = fix === undefined ? message : `${message} ${fix}`;
  state.ports.reportRefusal(access.orgId, access.serverId, detail).catch(() => {});
}

async function deliverStream(
  exchange: Exchange,
  events: Extract<UpstreamReply, { kind: "stream" }>["events"],
  asked: Asked | null,
  failed: Failed,
): Promise<Delivered> {
  const { reply: out } = exchange;
  const delivered: Delivered = { answer: null, failure: null, responseBytes: 0 };
  out.startStream();
  let resumable = false;
  for await (const event of events) {
    // Nobody answers for a stream that belongs to no request once its listener has gone.
    if (asked === null && out.gone) break;
    if (event.kind === "failed") {
      delivered.failure = event.failure;
      delivered.responseBytes = event.failure.bytesRead ?? delivered.responseBytes;
      break;
    }
    const id = event.id === undefined ? undefined : sealedEventId(exchange, event.id);
    resumable ||= id !== undefined;
    if (event.kind === "priming") {
      await out.event("", id, event.retryMilliseconds);
      continue;
    }
    const { parsed, data } = event;
    delivered.responseBytes += Buffer.byteLength(data);
    const text = await messageText(exchange, parsed, data, asked, delivered);
    if (delivered.failure !== null) break;
    if (text !== null) await out.event(text, id, event.retryMilliseconds);
    // What is withheld still marks a point from which the stream can be resumed.
    else if (id !== undefined) await out.event("", id, event.retryMilliseconds);
  }
  // A server that let go of its stream after naming a point of it answers on the next one (SEP-1699).
  const later = resumable && exchange.era === "legacy" && delivered.failure === null;
  if (asked !== null && delivered.answer === null && !later) {
    delivered.failure ??= {
      code: "closed",
      bytesSent: true,
      message: "The server closed the stream before it had answered.",
    };
    await out.finish(failed(delivered.failure));
    return delivered;
  }
  out.endStream();
  return delivered;
}

/** The text of one message as the agent gets it; null when it gets none. Notes answer and failure. */
async function messageText(
  exchange: Exchange,
  parsed: ParsedMessage,
  data: string,
  asked: Asked | null,
  delivered: Delivered,
): Promise<string | null> {
  switch (parsed.kind) {
    case "request":
      return questionText(exchange, parsed.message, data);
    case "notification":
      return noticeText(exchange, parsed.message, data);
    case "response": {
      const { message } = parsed;
      const outgoing = await answerText(exchange, message, () => data, asked);
      if (outgoing === null || typeof outgoing === "string") {
        if (message.id === asked?.request.id) delivered.answer = message;
        return outgoing ?? data;
      }
      if (asked !== null) delivered.failure = outgoing;
      return null;
    }
  }
}

/** Null: the answer's own bytes. A failure: the answer is not one, and nothing of it is delivered. */
async function answerText(
  exchange: Exchange,
  message: JsonRpcResponse,
  source: () => string,
  asked: Asked | null,
): Promise<string | null | UpstreamFailure> {
  const screened = await screenAnswer(exchange, message, asked);
  switch (screened.kind) {
    case "pass":
      return null;
    case "edit":
      screened.edit(message);
      return stringifyChanged(source(), message, screened.edit);
    case "fault": {
      const text = `An answer of the server ${screened.problem}.`;
      return { code: "protocol", bytesSent: true, message: text };
    }
  }
}

async function questionText(
  exchange: Exchange,
  question: JsonRpcRequest,
  data: string,
): Promise<string | null> {
  const verdict = await judgeNow(exchange, question);
  if (verdict.kind === "ask") {
    const renameTask = await renameForAgent(exchange, question);
    const rename = (message: JsonRpcRequest) => {
      message.id = verdict.id;
      renameTask?.(message);
    };
    rename(question);
    return stringifyChanged(data, question, rename);
  }
  const { code, message } = verdict;
  const upstream = await findUpstream(exchange);
  const refusal = { jsonrpc: "2.0", id: question.id, error: { code, message } } as const;
  await upstream?.send(refusal, upstreamContext(exchange));
  return null;
}

/** A call may run for long: whom its server may ask what is as of now (invariant 11). */
async function judgeNow(exchange: Exchange, question: JsonRpcRequest): Promise<QuestionVerdict> {
  const gate = await gateNow(exchange);
  if (gate !== null) return judgeQuestion({ ...exchange, gate }, question);
  const message = "The agent may not use this server any more.";
  return { kind: "refuse", code: -32_603, message };
}

async function noticeText(
  exchange: Exchange,
  notice: JsonRpcNotification,
  data: string,
): Promise<string | null> {
  const verdict = await judgeNotice(exchange, notice);
  switch (verdict.kind) {
    case "pass": {
      const renameTask = await renameForAgent(exchange, notice);
      if (renameTask === null) return data;
      renameTask(notice);
      return stringifyChanged(data, notice, renameTask);
    }
    case "withhold":
      return null;
    case "params": {
      const { jsonrpc, method } = notice;
      const { params } = verdict;
      return JSON.stringify(
        params === undefined ? { jsonrpc, method } : { jsonrpc, method, params },
      );
    }
  }
}

/** An empty id takes back the last one, and stays empty. */
function sealedEventId({ state, access }: Exchange, id: string): string {
  return id === "" ? "" : sealEventId(state.ports.correlationKey(), access, id);
}
