import type { ApprovalNews, Ports } from "./ports.ts";

export interface Hold {
  orgId: string;
  approvalId: string;
  milliseconds: number;
  /** True once the agent has gone; nothing may then run unseen. */
  gone(): boolean;
  /** Called about every five seconds while waiting. */
  tick(elapsedMs: number): Promise<void>;
  now(): number;
}

const tickMs = 5_000;

/**
 * Waits a while for a person's decision. Ends early when it is made, at the latest after
 * `milliseconds`; what to do about it is the caller's.
 */
export async function holdForApproval(
  ports: Pick<Ports, "readApproval" | "approvalMayHaveChanged">,
  hold: Hold,
): Promise<ApprovalNews> {
  const started = hold.now();
  let ticks = 0;
  for (;;) {
    const news = await ports.readApproval(hold.orgId, hold.approvalId);
    if (news === null) return { state: "void" };
    const elapsed = hold.now() - started;
    const left = hold.milliseconds - elapsed;
    if (news.state !== "pending" || left <= 0 || hold.gone()) return news;
    if (elapsed >= (ticks + 1) * tickMs) {
      ticks += 1;
      await hold.tick(elapsed);
    }
    await ports.approvalMayHaveChanged(hold.approvalId, Math.min(left, 1_000));
  }
}
