import { database } from "#lib/db.ts";
import { openGatePool } from "#lib/gate/pool.ts";
import { sweepUnsettledCalls } from "#lib/gate/settle.ts";
import { type Field, type Outcome, Promises, pause, randomFrom } from "./campaign.ts";
import { gateLedger } from "./gated.ts";

const callers = 16;

/**
 * Kills a proxy under load, again and again. Every call the server executed has its record
 * (invariant 1); what was under way is marked unknown by the sweeper, and nothing stays open.
 */
export async function crashUnderLoad(field: Field, size: { rounds: number }): Promise<Outcome> {
  const { fleet, ledger, seed } = field;
  const promises = new Promises();
  const random = randomFrom(seed);
  const gated = await gateLedger(ledger, { action: "allow" });
  const origin = fleet.origins[0] ?? "";
  const before = ledger.executed.length;
  let answered = 0;

  for (let round = 1; round <= size.rounds; round += 1) {
    const start = ledger.executed.length;
    let calls = 0;
    const caller = async (): Promise<void> => {
      for (;;) {
        calls += 1;
        const answer = await gated.call(origin, `round${round}call${calls}`);
        if (answer.kind === "lost") return;
        if (answer.kind === "executed") answered += 1;
      }
    };
    const load = Promise.all(Array.from({ length: callers }, caller));
    while (ledger.executed.length < start + callers) await pause(5);
    await pause(random() * 400);
    await fleet.kill(0);
    await load;
    await ledger.quiet();
    await fleet.restart(0);
    field.say(
      `round ${round} of ${size.rounds}: killed after ${ledger.executed.length - start} executed calls`,
    );
  }

  const executed = ledger.executed.slice(before);
  const { byDecision, allowed } = await gated.record();
  const lost = executed.filter((key) => allowed.get(key) !== 1);
  promises.exactly("executed calls without a record", lost.length, 0);
  promises.exactly("calls executed twice", executed.length - new Set(executed).size, 0);
  promises.holds("more calls are executed than answered", executed.length >= answered);

  const open = await countOpen(gated.context.org.id);
  const pool = openGatePool(fleet.databaseUrl);
  await pause(5);
  await sweepUnsettledCalls(pool, 0);
  await pool.end();
  const orgId = gated.context.org.id;
  const unknown = await database().callOutcome.count({ where: { orgId, outcome: "unknown" } });
  promises.exactly("calls marked unknown by the sweeper", unknown, open);
  promises.exactly("calls still without an outcome", await countOpen(orgId), 0);
  promises.holds("a crash leaves calls under way", open > 0);
  await gated.close();
  return {
    figures: {
      rounds: size.rounds,
      executed: executed.length,
      answered,
      recorded: byDecision.get("allowed") ?? 0,
      lost: lost.length,
      unknown,
    },
    broken: promises.broken,
  };
}

async function countOpen(orgId: string): Promise<number> {
  const [row] = await database().$queryRaw<{ count: number }[]>`
    select count(*)::int as count from calls c
    left join call_outcomes o on o.org_id = c.org_id and o.call_id = c.id
    where c.org_id = ${orgId}::uuid and c.decision = 'allowed' and o.call_id is null`;
  return row?.count ?? 0;
}
