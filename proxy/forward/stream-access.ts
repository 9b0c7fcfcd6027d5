import type { Exchange } from "#proxy/exchange.ts";
import type { Gate } from "#proxy/gate/gates.ts";
import { findTooOld } from "#proxy/receive/minimum.ts";
import type { UpstreamEvent } from "#proxy/upstream/types.ts";

/** How long a stream's messages may rest on one look at token, grant and rules. */
const lookEveryMs = 1_000;

/**
 * Looks again who may read a stream, which outlives by far what it was opened by: whatever needs a
 * judgement is judged by the rules of now, and a stream whose token, grant or session is gone ends
 * (invariant 11).
 */
export async function* whileAllowed(
  exchange: Exchange,
  events: AsyncIterable<UpstreamEvent>,
): AsyncGenerator<UpstreamEvent, void, undefined> {
  let lookedAt = exchange.state.now();
  for await (const event of events) {
    const isDue = exchange.state.now() - lookedAt >= lookEveryMs;
    if (isDue || needsJudgement(event)) {
      if (!(await lookAgain(exchange))) return;
      lookedAt = exchange.state.now();
    }
    yield event;
  }
}

/** Reads access and gate anew; false when the agent may not use the server any more. */
export async function lookAgain(exchange: Exchange): Promise<boolean> {
  const now = await readAgain(exchange);
  if (now === null) return false;
  exchange.access = now.access;
  exchange.gate = now.gate;
  return true;
}

/** The gate as of now, for an exchange that goes on as what it is; null when there is none for it. */
export async function gateNow(exchange: Exchange): Promise<Gate | null> {
  return (await readAgain(exchange))?.gate ?? null;
}

async function readAgain(exchange: Exchange): Promise<Pick<Exchange, "access" | "gate"> | null> {
  const { state, presented } = exchange;
  const found = await state.authenticator.find(presented);
  if (found.kind !== "access" || findTooOld(found.access, exchange)) return null;
  const gate = await state.gates.find(found.access);
  return gate && { access: found.access, gate };
}

function needsJudgement(event: UpstreamEvent): boolean {
  if (event.kind !== "message") return false;
  const { parsed } = event;
  return (
    parsed.kind !== "notification" || parsed.message.method === "notifications/resources/updated"
  );
}
