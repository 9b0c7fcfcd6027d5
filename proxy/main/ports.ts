import { createHmac, createSecretKey, type KeyObject } from "node:crypto";
import type { Pool } from "pg";
import { recordTokenLeak } from "#lib/agents/leak.ts";
import { digestOfToken } from "#lib/auth/tokens.ts";
import { findAccess, loadGate } from "#lib/gate/access.ts";
import { openAdmission } from "#lib/gate/admit.ts";
import {
  createAggregate,
  endAggregate,
  findAggregate,
  pinAggregate,
  savePart,
} from "#lib/gate/aggregates.ts";
import {
  cancelApprovalTask,
  endApprovalTask,
  enterTaskWait,
  findApprovalTask,
  findStartedTasks,
  isTaskAwaited,
  leaveTaskWait,
  listApprovalTasks,
  openApprovalTask,
  returnApprovalTask,
  takeApprovalTask,
  taskSeconds,
} from "#lib/gate/approval-tasks.ts";
import { readApproval } from "#lib/gate/approvals.ts";
import { enterHold, leaveHold, withdrawApproval } from "#lib/gate/holds.ts";
import { findPeer } from "#lib/gate/instances.ts";
import { recordRefused } from "#lib/gate/refused-requests.ts";
import { createSession, endSession, takeSessionSlot, touchAgent } from "#lib/gate/sessions.ts";
import { settleCalls } from "#lib/gate/settle.ts";
import { bindTask, findTasks } from "#lib/gate/tasks.ts";
import { newId } from "#lib/ids.ts";
import { requestRediscovery } from "#lib/jobs/schedule.ts";
import { log } from "#lib/log.ts";
import { deriveKey } from "#lib/secrets/derive-key.ts";
import { digestOfDefinition, digestOfTwins } from "#lib/tools/digest.ts";
import { recordHealth } from "#lib/tools/store.ts";
import type { Ports } from "#proxy/ports.ts";
import type { Listener } from "./listener.ts";
import { connectTarget, openTarget, type TargetOptions } from "./targets.ts";
import { throttleReports } from "./throttle-reports.ts";

/** The pipeline's ports, plugged into the product. */
export function createPorts(
  pool: Pool,
  /** For what no call waits for. */
  maintenancePool: Pool,
  listener: Listener,
  options: TargetOptions,
): Ports {
  const auditRoot = options.openingKey.privateKey.export({ format: "der", type: "pkcs8" });
  const correlationKey = deriveKey(options.openingKey.privateKey, "callgate correlation v1");
  // As key objects: a raw key costs more to set up than the digest itself.
  const auditKeys = new Map<string, KeyObject>();
  const stateKey = createSecretKey(
    createHmac("sha256", auditRoot).update("callgate request state").digest(),
  );
  return {
    stateKey: () => stateKey,
    digestOfToken,
    findAccess: (...request) => findAccess(pool, ...request),
    loadGate: (...request) => loadGate(pool, ...request),
    admit: openAdmission(pool),
    settle: (batch) => settleCalls(pool, batch),
    takeSessionSlot: (...agent) => takeSessionSlot(pool, ...agent),
    createSession: (session) => createSession(pool, session),
    endSession: (...session) => endSession(pool, ...session),
    findPeer: (instanceId) => findPeer(pool, instanceId),
    touchAgent: (seen) => touchAgent(pool, seen),
    bindTask: (task) => bindTask(pool, task),
    findTasks: (...tasks) => findTasks(pool, ...tasks),
    approvalTasks: {
      open: (task) => openApprovalTask(pool, task),
      find: (...task) => findApprovalTask(pool, ...task),
      list: (...tasks) => listApprovalTasks(pool, ...tasks),
      started: (...tasks) => findStartedTasks(pool, ...tasks),
      take: (...task) => takeApprovalTask(pool, ...task),
      giveBack: (...task) => returnApprovalTask(pool, ...task),
      end: (...task) => endApprovalTask(pool, ...task),
      cancel: (...task) => cancelApprovalTask(pool, ...task),
      enterWait: (wait) => enterTaskWait(pool, wait),
      isAwaited: (...wait) => isTaskAwaited(pool, ...wait),
      leaveWait: (...wait) => leaveTaskWait(pool, ...wait),
      keptSeconds: taskSeconds,
    },
    readApproval: (...approval) => readApproval(pool, ...approval),
    enterHold: (hold) => enterHold(pool, hold),
    leaveHold: (...hold) => leaveHold(pool, ...hold),
    withdrawApproval: (...calls) => withdrawApproval(pool, ...calls),
    approvalMayHaveChanged: (id, milliseconds) => listener.approvalChanged(id, milliseconds),
    reportDrift: throttleReports((...server) => requestRediscovery(pool, ...server)),
    reportRefusal: throttleReports(async (orgId, serverId, detail: string) => {
      await recordHealth(orgId, serverId, "refused", detail);
      return 0;
    }),
    reportLeak: recordTokenLeak,
    recordRefused: (counts) => recordRefused(maintenancePool, counts),
    reportUncounted: (requests) =>
      log("warn", "refused requests could not be counted", { requests }),
    reportEarlyRefusals: logEarlyRefusals,
    digestOfDefinition,
    digestOfTwins,
    aggregates: {
      find: (...agent) => findAggregate(pool, ...agent),
      create: (session) => createAggregate(pool, session),
      pin: (...session) => pinAggregate(pool, ...session),
      savePart: (...part) => savePart(pool, ...part),
      end: (...session) => endAggregate(pool, ...session),
    },
    openUpstream: (server) =>
      connectTarget(
        openTarget(server, server.orgId, server.id, options),
        server.transport,
        options,
      ),
    correlationKey: () => correlationKey,
    auditKey(orgId) {
      const known = auditKeys.get(orgId);
      if (known) return known;
      const raw = createHmac("sha256", auditRoot).update(`callgate audit ${orgId}`).digest();
      const key = createSecretKey(raw);
      auditKeys.set(orgId, key);
      return key;
    },
    newId,
  };
}

/** Tells the operator how many requests of nobody known were refused, by reason. */
export function logEarlyRefusals(requests: Readonly<Record<string, number>>): void {
  log("info", "requests refused before authentication", { requests });
}
