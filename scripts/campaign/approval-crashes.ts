import { decideApproval } from "#lib/approvals/approvals.ts";
import { database } from "#lib/db.ts";
import { type Field, inParallel, type Outcome, Promises, pause, randomFrom } from "./campaign.ts";
import { gateLedger } from "./gated.ts";

/**
 * Kills a proxy again and again while approvals are being used up there. No approved call runs twice
 * (invariant 6), and none is lost: an approval that the crash left unused still lets its call run,
 * one that it used up has its record (ADV-113).
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
  const [doomed = "", other = ""] = fleet.origins;
  const before = ledger.executed.length;
  let cut = 0;
  let survived = 0;

  for (let round = 1; round <= size.rounds; round += 1) {
    const keys = Array.from({ length: size.approvals }, (_, at) => `crash${round}of${at}`);
    await inParallel(keys, 8, async (key) => {
      const answer = await gated.call(other, key, round);
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
    await fleet.kill(0);
    await racing;
    await ledger.quiet();
    const ran = new Set(ledger.executed.slice(before));
    await inParallel(keys, 8, async (key) => {
      if ((await gated.call(other, key, round)).kind !== "executed") return;
      survived += 1;
      if (ran.has(key)) promises.holds(`${key} ran again after the crash`, false);
    });
    await fleet.restart(0);
    if (round % 10 === 0) field.say(`${round} of ${size.rounds} proxies killed`);
  }

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
