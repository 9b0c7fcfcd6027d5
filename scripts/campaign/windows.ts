import { database } from "#lib/db.ts";
import { type Field, type Outcome, Promises, pause, randomFrom } from "./campaign.ts";
import { gateLedger } from "./gated.ts";

const max = 5;
const windowMs = 2_000;
/** A record is written a moment after its slot was taken, never before; how late at most. */
const toleranceMs = 100;
const callers = 12;

/**
 * Callers with random pauses and bursts over all proxies, long enough for many windows. No window
 * of that length, wherever it begins, holds more than `max` admitted calls, by the clock of the
 * record (invariant 5); and slots do come free again.
 */
export async function watchWindows(field: Field, size: { seconds: number }): Promise<Outcome> {
  const { fleet, ledger, seed } = field;
  const promises = new Promises();
  const random = randomFrom(seed);
  const rule = { action: "allow", rate_limit: { max, window: windowMs / 1000, per: "server" } };
  const gated = await gateLedger(ledger, rule, 3);
  const before = ledger.executed.length;
  const end = performance.now() + size.seconds * 1000;
  let calls = 0;
  const caller = async (): Promise<void> => {
    while (performance.now() < end) {
      calls += 1;
      const origin = fleet.origins[Math.floor(random() * fleet.origins.length)] ?? "";
      await gated.call(origin, `call${calls}`, calls % 3);
      // Mostly bursts; sometimes a pause long enough for the window to empty in part.
      await pause(random() < 0.9 ? random() * 60 : random() * 1_500);
    }
  };
  const progress = setInterval(() => {
    const left = Math.round((end - performance.now()) / 1000);
    field.say(`${calls} calls, ${ledger.executed.length - before} executed, ${left} s to go`);
  }, 10_000);
  await Promise.all(Array.from({ length: callers }, caller));
  clearInterval(progress);
  await gated.close();

  const times = await admittedAt(gated.context.org.id);
  const gaps = times.slice(max).map((at, index) => at - (times[index] ?? 0));
  const shortest = Math.min(...gaps);
  promises.exactly("executed by the server", ledger.executed.length - before, times.length);
  promises.holds(
    `${max + 1} calls within ${Math.round(shortest)} ms`,
    shortest >= windowMs - toleranceMs,
  );
  const least = Math.floor((size.seconds * 1000) / windowMs) * max * 0.6;
  promises.holds(`only ${times.length} calls were admitted`, times.length >= least);
  return {
    figures: {
      seconds: size.seconds,
      calls,
      admitted: times.length,
      shortestMsForSix: Math.round(shortest),
    },
    broken: promises.broken,
  };
}

/** Milliseconds, with fractions, of the database's clock. */
async function admittedAt(orgId: string): Promise<number[]> {
  const rows = await database().$queryRaw<{ ms: number }[]>`
    select (extract(epoch from at) * 1000)::float8 as ms from calls
    where org_id = ${orgId}::uuid and decision = 'allowed' order by at`;
  return rows.map(({ ms }) => ms);
}
