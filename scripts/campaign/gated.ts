import { Agent } from "undici";
import type { OrgContext } from "#lib/auth/context.ts";
import { database } from "#lib/db.ts";
import { makeAgent, makeOrg, makeServer } from "#lib/testing/factories.ts";
import { storeDiscovery } from "#lib/tools/store.ts";
import type { Prisma } from "#prisma/client.ts";
import { type Ledger, ledgerTool } from "./ledger.ts";

/** What an agent got for one call. */
export type Answer =
  | { kind: "executed" | "limited" | "denied" }
  | { kind: "approval_required"; approvalId: string }
  /** The agent has as many requests waiting as it may; it got none for this call. */
  | { kind: "full" }
  /** 503: refused because it could not be decided in time; nothing was forwarded. */
  | { kind: "unavailable" }
  /** The connection ended; what became of the call is not known to the agent. */
  | { kind: "lost" };

export interface Gated {
  context: OrgContext;
  /** Calls the tool with this key, as one of the org's agents, through the proxy at `origin`. */
  call(origin: string, key: string, agent?: number): Promise<Answer>;
  /** What stands on record, by decision, and by the key of each allowed call. */
  record(): Promise<{ byDecision: Map<string, number>; allowed: Map<string, number> }>;
  close(): Promise<void>;
}

/** An org with the ledger as its server under one rule, and some agents that may use it. */
export async function gateLedger(
  ledger: Ledger,
  rule: Prisma.InputJsonObject,
  agents = 1,
): Promise<Gated> {
  const context = await makeOrg();
  const document = { version: 1, default: "deny", tools: { [ledgerTool.name]: rule } };
  const server = await makeServer(context, { url: ledger.url, document });
  await storeDiscovery(
    { orgId: context.org.id, serverId: server.id },
    { tools: [ledgerTool], protocolRevision: "2025-11-25", serverInfo: {} },
  );
  const tokens: string[] = [];
  for (let at = 0; at < agents; at += 1) {
    tokens.push((await makeAgent(context, { servers: [server] })).token);
  }
  const dispatcher = new Agent({ connections: 64, pipelining: 1 });
  const path = `/mcp/${context.org.slug}/${server.slug}`;
  return {
    context,
    async call(origin, key, agent = 0) {
      try {
        const { statusCode, body } = await dispatcher.request({
          origin,
          path,
          method: "POST",
          headers: {
            authorization: `Bearer ${tokens[agent % tokens.length]}`,
            accept: "application/json, text/event-stream",
            "content-type": "application/json",
          },
          body: callOf(key),
        });
        return readAnswer(statusCode, await body.text());
      } catch {
        return { kind: "lost" };
      }
    },
    record: () => readRecord(context.org.id),
    close: () => dispatcher.destroy(),
  };
}

function callOf(key: string): string {
  const params = { name: ledgerTool.name, arguments: { [key]: true } };
  return JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params });
}

function readAnswer(status: number, text: string): Answer {
  if (status === 503) return { kind: "unavailable" };
  const { result } = JSON.parse(text);
  if (status !== 200 || result === undefined) throw new Error(`answered ${status}: ${text}`);
  const decision = result._meta?.["dev.callgate/decision"];
  switch (decision?.outcome) {
    case undefined:
      return { kind: "executed" };
    case "rate_limited":
      return { kind: "limited" };
    case "denied":
      return { kind: "denied" };
    case "approval_required":
      return { kind: "approval_required", approvalId: decision.approvalId };
    case "approvals_full":
      return { kind: "full" };
    default:
      throw new Error(`answered ${text}`);
  }
}

async function readRecord(orgId: string): ReturnType<Gated["record"]> {
  const rows = await database().$queryRaw<{ decision: string; key: string; count: number }[]>`
    select decision, argument_shape -> 0 ->> 'path' as key, count(*)::int as count
    from calls where org_id = ${orgId}::uuid group by 1, 2`;
  const byDecision = new Map<string, number>();
  const allowed = new Map<string, number>();
  for (const { decision, key, count } of rows) {
    byDecision.set(decision, (byDecision.get(decision) ?? 0) + count);
    if (decision === "allowed") allowed.set(key, count);
  }
  return { byDecision, allowed };
}
