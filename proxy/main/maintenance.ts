import type { Pool } from "pg";
import { expireApprovals } from "#lib/approvals/approvals.ts";
import { voidOutdatedApprovals } from "#lib/approvals/void.ts";
import { rollUpCalls } from "#lib/calls/roll-up.ts";
import { mailMessages } from "#lib/contact/contact.ts";
import { sweepHolds } from "#lib/gate/holds.ts";
import { ensurePartitions, pruneWindows } from "#lib/gate/housekeeping.ts";
import { beat } from "#lib/gate/instances.ts";
import { endOrphanedSessions } from "#lib/gate/sessions.ts";
import { sweepUnsettledCalls } from "#lib/gate/settle.ts";
import { pruneTasks } from "#lib/gate/tasks.ts";
import { scheduleDiscoveries } from "#lib/jobs/schedule.ts";
import { log } from "#lib/log.ts";
import { pruneDeliveries } from "#lib/notifications/worker.ts";
import { contactMail, type MailServer, sendMail } from "./mail.ts";

export interface Maintained {
  pool: Pool;
  instanceId: string;
  /** Where other proxies reach this one. */
  address: string;
  /** By then a call without an outcome has none; must exceed the longest deadline of a call. */
  unsettledAfterSeconds: number;
  /** How often each server's tools are read again. */
  discoverySeconds: number;
  /** Where messages of the contact page are mailed to; null: they are only kept. */
  contact: { server: MailServer; to: string } | null;
}

/** Starts what a proxy does regularly, its heartbeat first. @returns what stops it */
export function startMaintenance(proxy: Maintained): () => void {
  const { pool, instanceId, address, contact } = proxy;
  const mailContact = async () => {
    if (contact)
      await mailMessages((each) => sendMail(contact.server, contactMail(each, contact.to)));
  };
  const timers = [
    every(5_000, () => beat(pool, instanceId, address)),
    every(30_000, () => sweepUnsettledCalls(pool, proxy.unsettledAfterSeconds)),
    every(30_000, () => endOrphanedSessions(pool)),
    every(30_000, () => voidOutdatedApprovals()),
    every(60_000, () => expireApprovals()),
    every(60_000, () => sweepHolds(pool)),
    every(60_000, () => rollUpCalls()),
    every(60_000, () => scheduleDiscoveries(proxy.discoverySeconds)),
    every(60_000, mailContact),
    every(3_600_000, () => ensurePartitions(pool)),
    every(3_600_000, () => pruneWindows(pool)),
    every(3_600_000, () => pruneTasks(pool)),
    every(3_600_000, () => pruneDeliveries()),
  ];
  return () => {
    for (const timer of timers) clearInterval(timer);
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
