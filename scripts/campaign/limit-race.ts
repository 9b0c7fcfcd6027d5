import { type Field, inParallel, type Outcome, Promises } from "./campaign.ts";
import { gateLedger } from "./gated.ts";

const max = 100;

/**
 * All proxies race for one limit of 100 in an hour, with four agents that share it. Exactly 100
 * calls may be executed, stand on record as allowed and be answered (invariants 1 and 5).
 */
export async function raceForLimit(
  field: Field,
  size: { rounds: number; calls: number },
): Promise<Outcome> {
  const { fleet, ledger } = field;
  const promises = new Promises();
  const figures = {
    rounds: size.rounds,
    calls: 0,
    executed: 0,
    limited: 0,
    unavailable: 0,
    seconds: 0,
  };
  for (let round = 1; round <= size.rounds; round += 1) {
    const rule = { action: "allow", rate_limit: { max, window: 3600, per: "server" } };
    const gated = await gateLedger(ledger, rule, 4);
    const before = ledger.executed.length;
    const counts = {
      executed: 0,
      limited: 0,
      denied: 0,
      approval_required: 0,
      full: 0,
      unavailable: 0,
      lost: 0,
    };
    const started = performance.now();
    const calls = Array.from({ length: size.calls }, (_, at) => `r${round}c${at}`);
    await inParallel(calls, 32 * fleet.origins.length, async (key, at) => {
      const origin = fleet.origins[at % fleet.origins.length] ?? "";
      const answer = await gated.call(origin, key, at % 7);
      counts[answer.kind] += 1;
    });
    const { byDecision, allowed } = await gated.record();
    await gated.close();
    const executed = ledger.executed.slice(before);
    promises.exactly(`round ${round}, executed by the server`, executed.length, max);
    promises.exactly(`round ${round}, allowed on record`, byDecision.get("allowed") ?? 0, max);
    promises.exactly(`round ${round}, answered as executed`, counts.executed, max);
    promises.exactly(
      `round ${round}, limited on record`,
      byDecision.get("limited") ?? 0,
      counts.limited,
    );
    promises.exactly(
      `round ${round}, answers`,
      counts.executed + counts.limited + counts.unavailable,
      size.calls,
    );
    promises.holds(
      `round ${round}, every executed call has one record`,
      executed.every((key) => allowed.get(key) === 1),
    );
    const seconds = (performance.now() - started) / 1000;
    figures.calls += size.calls;
    figures.executed += executed.length;
    figures.limited += counts.limited;
    figures.unavailable += counts.unavailable;
    figures.seconds += Math.round(seconds * 10) / 10;
    field.say(
      `round ${round} of ${size.rounds}: ${executed.length} of ${size.calls} executed in ${seconds.toFixed(1)} s`,
    );
  }
  return { figures, broken: promises.broken };
}
