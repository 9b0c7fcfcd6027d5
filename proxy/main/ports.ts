import { createHmac, createSecretKey, type KeyObject } from "node:crypto";
import type { Pool } from "pg";
import { digestOfToken } from "#lib/auth/tokens.ts";
import { findAccess, loadGate } from "#lib/gate/access.ts";
import { admitCalls } from "#lib/gate/admit.ts";
import { readApproval } from "#lib/gate/approvals.ts";
import { createSession, endSession, takeSessionSlot, touchAgent } from "#lib/gate/sessions.ts";
import { settleCalls } from "#lib/gate/settle.ts";
import { newId } from "#lib/ids.ts";
import { requestRediscovery } from "#lib/jobs/worker.ts";
import { digestOfDefinition } from "#lib/tools/digest.ts";
import type { Ports } from "#proxy/ports.ts";
import type { Listener } from "./listener.ts";
import { connectTarget, openTarget, type TargetOptions } from "./targets.ts";

/** The pipeline's ports, plugged into the product. */
export function createPorts(pool: Pool, listener: Listener, options: TargetOptions): Ports {
  const auditRoot = options.openingKey.privateKey.export({ format: "der", type: "pkcs8" });
  // As key objects: a raw key costs more to set up than the digest itself.
  const auditKeys = new Map<string, KeyObject>();
  return {
    digestOfToken,
    findAccess: (...request) => findAccess(pool, ...request),
    loadGate: (...request) => loadGate(pool, ...request),
    admit: (batch) => admitCalls(pool, batch),
    settle: (batch) => settleCalls(pool, batch),
    takeSessionSlot: (...agent) => takeSessionSlot(pool, ...agent),
    createSession: (session) => createSession(pool, session),
    endSession: (...session) => endSession(pool, ...session),
    touchAgent: (seen) => touchAgent(pool, seen),
    readApproval: (...approval) => readApproval(pool, ...approval),
    approvalMayHaveChanged: (id, milliseconds) => listener.approvalChanged(id, milliseconds),
    reportDrift: requestRediscovery,
    digestOfDefinition,
    openUpstream: (server) =>
      connectTarget(openTarget(server, server.orgId, server.id, options), options),
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
