import { errorAnswer } from "#proxy/answer/answers.ts";
import { AgentReply } from "#proxy/answer/respond.ts";
import type { Exchange } from "#proxy/exchange.ts";
import { admit } from "#proxy/gate/admit-call.ts";
import type { Ask } from "#proxy/gate/ask.ts";
import { refusal } from "#proxy/gate/refusal.ts";
import type { JsonRpcMessage, JsonRpcRequest, JsonRpcResponse } from "#proxy/json/json-rpc.ts";

/**
 * Judges and admits a call once more that its server asked back about, by what is true now: a call
 * of its own on record, as a modern agent's repeated call is (2026-07-28, "Multi round-trip
 * requests"). A refusal is said on the call's open stream and ends it.
 *
 * @returns the call on record; null when it may not go on, or nobody waits for it any more
 */
export async function readmit(
  exchange: Exchange,
  request: JsonRpcRequest,
  ask: Ask,
): Promise<string | null> {
  const { state } = exchange;
  const reply = new OpenReply(exchange.reply);
  // It was begun long ago, so it cannot be begun anew.
  const { outdated: _outdated, ...kept } = exchange;
  const inner: Exchange = { ...kept, reply, receivedAt: state.now() };
  const admitted = await admit(inner, request, ask).catch(() => "undecided" as const);
  exchange.access = inner.access;
  exchange.gate = inner.gate;
  exchange.receivedAt = inner.receivedAt;
  if (admitted === "undecided") {
    const text =
      "Callgate cannot decide or record calls right now, so this one did not go on. Retry in 5 seconds.";
    await exchange.reply.finish(errorAnswer(request.id, 503, text));
  } else if (admitted === null) {
    if (reply.answer) await exchange.reply.finish({ ...reply.answer, id: request.id });
    else exchange.reply.endStream();
  } else if (admitted.recorded.forward) {
    return admitted.callId;
  } else {
    await exchange.reply.finish(refusal(inner, request, ask, admitted));
  }
  return null;
}

/** A reply whose stream is open: what would be the whole answer elsewhere has yet to get the call's id. */
class OpenReply extends AgentReply {
  readonly #out: AgentReply;
  answer: JsonRpcResponse | null = null;

  constructor(out: AgentReply) {
    super(out.handOver(), 0);
    this.#out = out;
  }

  override get gone(): boolean {
    return this.#out.gone;
  }

  override get streaming(): boolean {
    return true;
  }

  override async finish(message: JsonRpcMessage | Buffer): Promise<void> {
    if (!Buffer.isBuffer(message) && !("method" in message)) this.answer = message;
  }

  override async event(data: string): Promise<void> {
    await this.#out.event(data);
  }

  override comment(): void {
    this.#out.comment();
  }

  override setHeader(): void {}
  override empty(): void {}
  override startStream(): void {}
  override endStream(): void {}
}
