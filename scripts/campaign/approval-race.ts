import { decideApproval } from "#lib/approvals/approvals.ts";
import { database } from "#lib/db.ts";
import { type Field, inParallel, type Outcome, Promises, randomFrom } from "./campaign.ts";
import { gateLedger } from "./gated.ts";

/**
 * Each of many approved calls is repeated by many callers at once, over all proxies. Each runs
 * exactly once (invariant 6); every other caller waits for a new approval, or is told that too many
 * wait already.
 */
export async function raceForApprovals(
  field: Field,
  size: { approvals: number; callers: number },
): Promise<Outcome> {
  const { fleet, ledger, seed } = field;
  const promises = new Promises();
  const random = randomFrom(seed);
  const gated = await gateLedger(ledger, { action: "require_approval" });
  const keys = Array.from({ length: size.approvals }, (_, at) => `approval${at}`);
  const anyOrigin = () => fleet.origins[Math.floor(random() * fleet.origins.length)] ?? "";
  const before = ledger.executed.length;

  await inParallel(keys, 8, async (key) => {
    const answer = await gated.call(anyOrigin(), key);
    if (answer.kind !== "approval_required") throw new Error(`not asked for: ${answer.kind}`);
    await decideApproval(gated.context, { id: answer.approvalId, decision: "approve" });
  });
  promises.exactly("executed before anybody repeated a call", ledger.executed.length, before);
  field.say(`${size.approvals} calls approved; ${size.callers} callers race for each`);

  const racers = keys.flatMap((key) => Array.from({ length: size.callers }, () => key));
  shuffle(racers, random);
  const counts = {
    executed: 0,
    limited: 0,
    denied: 0,
    approval_required: 0,
    full: 0,
    unavailable: 0,
    lost: 0,
  };
  await inParallel(racers, 32 * fleet.origins.length, async (key) => {
    counts[(await gated.call(anyOrigin(), key)).kind] += 1;
  });
  const executed = ledger.executed.slice(before);
  const { byDecision } = await gated.record();
  await gated.close();
  const orgId = gated.context.org.id;
  const consumed = await database().approval.count({ where: { orgId, state: "consumed" } });
  promises.exactly("executed by the server", executed.length, size.approvals);
  promises.exactly("different calls executed", new Set(executed).size, size.approvals);
  promises.exactly("answered as executed", counts.executed, size.approvals);
  promises.exactly("allowed on record", byDecision.get("allowed") ?? 0, size.approvals);
  promises.exactly("approvals used up", consumed, size.approvals);
  promises.exactly(
    "answers",
    counts.executed + counts.approval_required + counts.full + counts.unavailable,
    racers.length,
  );
  const { unavailable } = counts;
  return {
    figures: {
      approvals: size.approvals,
      racing: racers.length,
      executed: executed.length,
      unavailable,
    },
    broken: promises.broken,
  };
}

function shuffle(items: string[], random: () => number): void {
  for (let at = items.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1));
    const item = items[at] ?? "";
    items[at] = items[other] ?? "";
    items[other] = item;
  }
}
