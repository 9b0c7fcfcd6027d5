import { createHash } from "node:crypto";
import type { OrgContext } from "#lib/auth/context.ts";
import { database } from "#lib/db.ts";
import { newId } from "#lib/ids.ts";
import { windowKey } from "#lib/limits/key.ts";
import {
  makeAgent,
  makeApproval,
  makeCall,
  makeChannel,
  makeOrg,
  makeServer,
} from "./factories.ts";

/** An org that has one of everything. */
export interface Inhabited {
  context: OrgContext;
  /** Named alike in every org: `server`, `tool`, `held` and `agent`. */
  shared: { server: string; tool: string; held: string; split: string; agent: string };
  /** Named alike in no other org. */
  unique: { server: string; tool: string; agent: string };
  approvalId: string;
  channelId: string;
  callId: string;
  jobId: string;
  auditId: string;
  /** Of a window with a slot taken. */
  limitKey: string;
}

const shared = {
  server: "shared-server",
  tool: "echo",
  held: "held_tool",
  /** Divides into commands. */
  split: "valkey_read",
  agent: "shared-agent",
};
const rateLimit = { max: 5, window: 86_400, per: "server" } as const;

/** Makes such an org, straight in the tables. */
export async function inhabitedOrg(): Promise<Inhabited> {
  const context = await makeOrg();
  const orgId = context.org.id;
  const tail = orgId.slice(-12);
  const unique = { server: `server-${tail}`, tool: `tool_${tail}`, agent: `agent-${tail}` };
  const heldDefinition = { name: shared.held, inputSchema: { type: "object" } };
  const server = await makeServer(context, {
    slug: shared.server,
    document: { version: 1, default: "deny", all_tools: { rate_limit: rateLimit } },
    serverInfo: { name: "awslabs.valkey-mcp-server", version: "1" },
    tools: [
      shared.tool,
      shared.split,
      unique.tool,
      { name: shared.held, state: "held", heldDefinition, heldDigest: "0".repeat(64) },
    ],
  });
  const second = await makeServer(context, { slug: unique.server, tools: [unique.tool] });
  const agent = await makeAgent(context, { name: shared.agent, servers: [server, second] });
  await makeAgent(context, { name: unique.agent, servers: [server] });
  const of = { agentId: agent.id, serverId: server.id };
  const limitKey = windowKey(server.policyId, "all_tools/server/86400s", "server", server.id);
  await database().rateWindow.create({
    data: { orgId, key: limitKey, stamps: [new Date()], counts: [1], total: 1 },
  });
  const [call, approval, channel, job, audit] = await Promise.all([
    makeCall(context, { ...of, decision: "denied" }),
    makeApproval(context, of),
    makeChannel(context),
    database().job.create({
      data: { orgId, id: newId(), kind: "discover", serverId: server.id, createdBy: "system:test" },
    }),
    database().auditEvent.create({
      data: {
        orgId,
        id: newId(),
        actor: { id: "system:test", name: `Actor ${tail}` },
        action: "org.create",
        subject: { kind: "org", id: orgId, name: context.org.name },
      },
    }),
    database().session.create({
      data: { orgId, id: newId(), ...of, protocolRevision: "2025-11-25" },
    }),
    database().refusedRequest.create({
      data: {
        orgId,
        id: newId(),
        ...of,
        reason: "keys",
        hour: new Date(),
        requests: 1,
        firstAt: new Date(),
        lastAt: new Date(),
        message: `Refused for ${unique.agent}.`,
      },
    }),
  ]);
  const ids = {
    callId: call.id,
    approvalId: approval.id,
    channelId: channel.id,
    jobId: job.id,
    auditId: audit.id,
    limitKey,
  };
  return { context, shared, unique, ...ids };
}

/** A digest of every row of the org in every table that has a tenant; equal means untouched. */
export async function fingerprint(orgId: string): Promise<string> {
  const tables = await database().$queryRaw<{ name: string }[]>`
    select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
      and not c.relispartition and a.attname = 'org_id' order by 1`;
  const digest = createHash("sha256");
  for (const { name } of [...tables, { name: "orgs" }]) {
    const key = name === "orgs" ? "id" : "org_id";
    // Names come from the catalogue of a database of this test's own.
    const rows = await database().$queryRawUnsafe<{ text: string }[]>(
      `select to_jsonb(t)::text as text from "${name}" t where "${key}" = $1::uuid order by 1`,
      orgId,
    );
    digest.update(`${name}:${rows.map(({ text }) => text).join("\n")}\n`);
  }
  return digest.digest("hex");
}

/** Ids and names by which something of the org would be noticed in a result. */
export async function tracesOf(org: Inhabited): Promise<string[]> {
  const orgId = org.context.org.id;
  const [servers, tools, agents, tokens, policies] = await Promise.all([
    database().server.findMany({ where: { orgId } }),
    database().tool.findMany({ where: { orgId } }),
    database().agent.findMany({ where: { orgId } }),
    database().agentToken.findMany({ where: { orgId } }),
    database().policy.findMany({ where: { orgId } }),
  ]);
  const { actor } = org.context;
  return [
    orgId,
    org.context.org.slug,
    ...(actor.kind === "user" ? [actor.id, actor.email] : []),
    ...[...servers, ...tools, ...agents, ...tokens, ...policies].map(({ id }) => id),
    ...Object.values(org.unique),
    org.approvalId,
    org.channelId,
    org.callId,
    org.jobId,
    org.auditId,
  ];
}
