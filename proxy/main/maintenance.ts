import type { Pool } from "pg";
import { expireApprovals, voidOutdatedApprovals } from "#lib/approvals/sweep.ts";
import { pruneSignInLinks } from "#lib/auth/prune.ts";
import { rollUpCalls } from "#lib/calls/roll-up.ts";
import { sweepHolds } from "#lib/gate/holds.ts";
import { ensurePartitions, pruneWindows } from "#lib/gate/housekeeping.ts";
import { beat } from "#lib/gate/instances.ts";
import { pruneRefused } from "#lib/gate/refused-requests.ts";
import { endOrphanedSessions } from "#lib/gate/sessions.ts";
import { sweepUnsettledCalls } from "#lib/gate/settle.ts";
import { pruneTasks } from "#lib/gate/tasks.ts";
import { pruneJobs } from "#lib/jobs/prune.ts";
import { scheduleDiscoveries } from "#lib/jobs/schedule.ts";
import { log } from "#lib/log.ts";
import { pruneDeliveries } from "#lib/notifications/prune.ts";
import { recoverRefused } from "#lib/tools/recover-refused.ts";

export interface Maintained {
  pool: Pool;
  instanceId: string;
  /** Where other proxies reach this one. */
  address: string;
  /** By then a call without an outcome has none; must exceed the longest deadline of a call. */
  unsettledAfterSeconds: number;
  /** How often each server's tools are read again. */
  discoverySeconds: number;
}

/** Starts what a proxy does regularly, its heartbeat first. @returns what stops it */
export function startMaintenance(proxy: Maintained): () => void {
  const { pool, instanceId, address } = proxy;
  const timers = [
    every(5_000, () => beat(pool, instanceId, address)),
    every(30_000, sweeper(proxy)),
    every(30_000, () => endOrphanedSessions(pool)),
    every(30_000, () => voidOutdatedApprovals(pool)),
    every(60_000, () => recoverRefused(pool, 60)),
    every(60_000, () => expireApprovals(pool)),
    every(60_000, () => sweepHolds(pool)),
    every(60_000, () => rollUpCalls(pool)),
    every(60_000, () => scheduleDiscoveries(pool, proxy.discoverySeconds)),
    every(3_600_000, () => ensurePartitions(pool)),
    every(3_600_000, () => pruneWindows(pool)),
    every(3_600_000, () => pruneTasks(pool)),
    every(3_600_000, () => pruneRefused(pool)),
    every(3_600_000, () => pruneJobs(pool)),
    every(3_600_000, () => pruneDeliveries(pool)),
    every(3_600_000, () => pruneSignInLinks(pool)),
  ];
  return () => {
    for (const timer of timers) clearInterval(timer);
  };
}

/** The first round looks a day back, as nobody may have looked while all proxies were away; later ones an hour. */
function sweeper({ pool, unsettledAfterSeconds }: Maintained): () => Promise<void> {
  let newerThanSeconds = 86_400;
  return async () => {
    await sweepUnsettledCalls(pool, unsettledAfterSeconds, newerThanSeconds);
    newerThanSeconds = unsettledAfterSeconds + 3_600;
  };
}

/** A maintenance round that fails is repeated at its next turn; calls do not depend on it. */
function every(milliseconds: number, work: () => Promise<unknown>): NodeJS.Timeout {
  return setInterval(() => {
    work().catch((error) => {
      log("warn", "maintenance failed", {
        reason: error instanceof Error ? error.message : "unknown",
      });
    });
  }, milliseconds);
}
