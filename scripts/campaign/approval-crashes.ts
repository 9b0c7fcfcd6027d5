import { decideApproval } from "#lib/approvals/approvals.ts";
import { database } from "#lib/db.ts";
import { type Field, inParallel, type Outcome, Promises, pause, randomFrom } from "./campaign.ts";
import { type Answer, gateLedger } from "./gated.ts";

/**
 * Kills one proxy after the other, round and round, while approvals are being used up there. No
 * approved call runs twice (invariant 6), and none is lost: an approval that the crash left unused
 * still lets its call run, one that it used up has its record (ADV-113). What was killed starts again
 * while the next round goes on with the others.
 */
export async function crashWhileConsuming(
  field: Field,
  size: { rounds: number; approvals: number },
): Promise<Outcome> {
  const { fleet, ledger, seed } = field;
  const promises = new Promises();
  const random = randomFrom(seed);
  // An agent for each round: what a round leaves waiting counts for its agent.
  const gated = await gateLedger(ledger, { action: "require_approval" }, size.rounds);
  const ready = fleet.origins.map(() => Promise.resolve());
  const before = ledger.executed.length;
  let cut = 0;
  let survived = 0;

  for (let round = 1; round <= size.rounds; round += 1) {
    const dying = round % fleet.origins.length;
    const living = (round + 1) % fleet.origins.length;
    await Promise.all([ready[dying], ready[living]]);
    const [doomed = "", other = ""] = [fleet.origins[dying], fleet.origins[living]];
    const keys = Array.from({ length: size.approvals }, (_, at) => `crash${round}of${at}`);
    await inParallel(keys, 8, async (key) => {
      const answer = await insist(() => gated.call(other, key, round));
      if (answer.kind !== "approval_required") throw new Error(`not asked for: ${answer.kind}`);
      await decideApproval(gated.context, { id: answer.approvalId, decision: "approve" });
    });
    // Each key by two callers, spread so that some are being used up whenever the kill comes.
    const start = ledger.executed.length;
    const racing = Promise.all(
      keys.flatMap((key) =>
        [1, 2].map(async () => {
          await pause(random() * 250);
          if ((await gated.call(doomed, key, round)).kind === "lost") cut += 1;
        }),
      ),
    );
    while (ledger.executed.length === start) await pause(1);
    await pause(random() * 80);
    await fleet.kill(dying);
    await racing;
    const restarted = fleet.restart(dying);
    // Awaited before it is used again.
    restarted.catch(() => {});
    ready[dying] = restarted;
    await ledger.quiet();
    const ran = new Set(ledger.executed.slice(before));
    await inParallel(keys, 8, async (key) => {
      if ((await insist(() => gated.call(other, key, round))).kind !== "executed") return;
      survived += 1;
      if (ran.has(key)) promises.holds(`${key} ran again after the crash`, false);
    });
    if (round % 10 === 0) field.say(`${round} of ${size.rounds} proxies killed`);
  }

  await Promise.all(ready);
  await ledger.quiet();
  const executed = ledger.executed.slice(before);
  const orgId = gated.context.org.id;
  const [stored] = await database().$queryRaw<
    { consumed: number; open: number; unrecorded: number }[]
  >`
    select count(*) filter (where p.state = 'consumed')::int as consumed,
      count(*) filter (where p.state = 'approved')::int as open,
      count(*) filter (where p.state = 'consumed' and c.id is null)::int as unrecorded
    from approvals p
    left join calls c on c.org_id = p.org_id and c.id = p.call_id and c.approval_id = p.id
      and c.decision = 'allowed'
    where p.org_id = ${orgId}::uuid`;
  const { allowed } = await gated.record();
  await gated.close();
  const total = size.rounds * size.approvals;
  promises.exactly("calls executed twice", executed.length - new Set(executed).size, 0);
  promises.exactly("approvals used up", stored?.consumed ?? 0, total);
  promises.exactly("approvals lost", stored?.open ?? 0, 0);
  promises.exactly("approvals used up without a record", stored?.unrecorded ?? 0, 0);
  const unrecorded = executed.filter((key) => allowed.get(key) !== 1);
  promises.exactly("executed calls without one record", unrecorded.length, 0);
  promises.holds("the crashes cut calls off", cut > 0);
  promises.holds("some are used up before a crash", survived < total);
  return {
    figures: {
      kills: size.rounds,
      approvals: total,
      executed: executed.length,
      cut,
      usedAfterTheCrash: survived,
      consumedButNotSent: total - executed.length,
    },
    broken: promises.broken,
  };
}

/** Repeats what a busy proxy refused; nothing came of that. */
async function insist(call: () => Promise<Answer>): Promise<Answer> {
  for (let left = 100; ; left -= 1) {
    const answer = await call();
    if (answer.kind !== "unavailable" || left === 0) return answer;
    await pause(100);
  }
}
