import type { Exchange } from "#proxy/exchange.ts";
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
  const found = await exchange.state.authenticator.find(exchange.presented);
  if (found.kind !== "access") return false;
  const gate = await exchange.state.gates.find(found.access);
  if (!gate) return false;
  exchange.access = found.access;
  exchange.gate = gate;
  return true;
}

function needsJudgement(event: UpstreamEvent): boolean {
  if (event.kind !== "message") return false;
  const { parsed } = event;
  return (
    parsed.kind !== "notification" || parsed.message.method === "notifications/resources/updated"
  );
}
