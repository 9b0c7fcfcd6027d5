import { announceApprovals } from "#lib/approvals/announce.ts";
import { decideApproval, listApprovals } from "#lib/approvals/approvals.ts";
import type { OrgContext } from "#lib/auth/context.ts";
import { inParallel } from "#scripts/campaign/campaign.ts";
import { measure, type Target } from "./load.ts";
import { callBody, policyOf, type World } from "./world.ts";

/** As many requests may wait for one agent. */
const atOnce = 20;

/**
 * Calls that a person has approved, each with its own arguments. Before the measured time each is
 * made once, asked for and approved by the verb that people's clicks end in; approvals lapse, so that
 * they are made for one measurement at a time.
 */
export async function approvedTarget(world: World, name: string): Promise<Target> {
  const { context, ...target } = await world.gated(name, policyOf({ action: "require_approval" }));
  let count = 0;
  return {
    ...target,
    async prepare(calls) {
      const bodies = Array.from({ length: calls }, () =>
        callBody({ text: "hello", count: ++count }),
      );
      for (let at = 0; at < calls; at += atOnce) {
        const asked = bodies.slice(at, at + atOnce);
        const asking = { ...target, expect: "approval_required", prepare: async () => asked };
        await measure(asking, asked.length, 4);
        await approveAll(context);
      }
      // The channels are told of each request by the way; that work is not the calls'.
      while ((await announceApprovals()) > 0);
      return bodies;
    },
  };
}

async function approveAll(context: OrgContext): Promise<void> {
  const pending = await listApprovals(context, { state: "pending" });
  await inParallel(pending, 4, async ({ id }) => {
    await decideApproval(context, { id, decision: "approve" });
  });
}
