import { createHash, randomBytes } from "node:crypto";
import canonicalize from "canonicalize";
import { v7 } from "uuid";
import type { OrgContext } from "#lib/auth/context.ts";
import type { Role } from "#lib/auth/permissions.ts";
import { newAgentToken } from "#lib/auth/tokens.ts";
import { database } from "#lib/db.ts";
import { newId } from "#lib/ids.ts";
import type { Prisma } from "#prisma/client.ts";

/** A user without a password; one who signs in is made with `createUserAccount`. */
export async function makeUser(
  overrides: Partial<{ name: string; email: string }> = {},
): Promise<{ id: string; email: string; name: string }> {
  const id = newId();
  const user = {
    id,
    email: `user-${tail(id)}@example.test`,
    name: `User ${tail(id)}`,
    ...overrides,
  };
  await database().user.create({ data: user });
  return user;
}

/** A new org and the context of its owner. */
export async function makeOrg(
  overrides: Partial<{ name: string; slug: string }> = {},
): Promise<OrgContext> {
  const id = newId();
  const org = { id, slug: `org-${tail(id)}`, name: `Org ${tail(id)}`, ...overrides };
  await database().org.create({ data: org });
  return contextAs({ org }, "owner");
}

/** Another member of the same org, in that role, who has just signed in. */
export async function contextAs(of: Pick<OrgContext, "org">, role: Role): Promise<OrgContext> {
  const user = await makeUser();
  await database().member.create({ data: { orgId: of.org.id, userId: user.id, role } });
  return { org: of.org, actor: { kind: "user", ...user }, role, signedInAt: new Date() };
}

/** A tool by its name, or with any part of its row replaced. */
export type ToolSpec =
  | string
  | ({ name: string } & Partial<Omit<Prisma.ToolUncheckedCreateInput, "orgId" | "serverId">>);

export interface ServerSpec {
  slug?: string;
  name?: string;
  url?: string;
  tools?: ToolSpec[];
  /** The stored policy document, version 1; everything is denied else. */
  document?: Prisma.InputJsonObject;
  serverInfo?: Prisma.InputJsonObject;
  mode?: "enforce" | "observe";
}

/** A server by URL with its policy and accepted tools, written straight to the tables. */
export async function makeServer(context: Pick<OrgContext, "org">, spec: ServerSpec = {}) {
  const orgId = context.org.id;
  const id = newId();
  const policyId = newId();
  const slug = spec.slug ?? `server-${tail(id)}`;
  const name = spec.name ?? `Server ${tail(id)}`;
  await database().policy.create({
    data: {
      orgId,
      id: policyId,
      name,
      mode: spec.mode ?? "enforce",
      versions: {
        create: {
          version: 1,
          document: spec.document ?? { version: 1, default: "deny" },
          author: "system:test",
        },
      },
    },
  });
  const url = spec.url ?? "http://127.0.0.1:9/mcp";
  const info = spec.serverInfo && { serverInfo: spec.serverInfo };
  await database().server.create({
    data: { orgId, id, slug, name, kind: "url", url, policyId, ...info },
  });
  await database().tool.createMany({
    data: (spec.tools ?? []).map((tool) => toolRow(orgId, id, tool)),
  });
  return { id, slug, name, policyId };
}

/** An agent with one valid token and grants for these servers. */
export async function makeAgent(
  context: Pick<OrgContext, "org">,
  spec: { name?: string; servers?: { id: string }[]; expiresAt?: Date | null } = {},
) {
  const orgId = context.org.id;
  const id = newId();
  const tokenId = newId();
  const name = spec.name ?? `agent-${tail(id)}`;
  const { token, digest, last4 } = newAgentToken();
  await database().agent.create({ data: { orgId, id, name, createdBy: "system:test" } });
  await database().agentToken.create({
    data: { orgId, id: tokenId, agentId: id, digest, last4, expiresAt: spec.expiresAt ?? null },
  });
  await database().grant.createMany({
    data: (spec.servers ?? []).map((server) => ({ orgId, agentId: id, serverId: server.id })),
  });
  return { id, name, token, tokenId };
}

/** A recorded call, `at` any time of this month or the last; of a new agent and server when unnamed. */
export async function makeCall(
  context: Pick<OrgContext, "org">,
  spec: Partial<Omit<Prisma.CallUncheckedCreateInput, "orgId" | "at">> & { at?: Date } = {},
) {
  const at = spec.at ?? new Date();
  return database().call.create({
    data: {
      id: v7({ msecs: at.getTime() }),
      agentId: spec.agentId ?? (await makeAgent(context)).id,
      tokenId: newId(),
      serverId: spec.serverId ?? (await makeServer(context)).id,
      tool: "echo",
      decision: "allowed",
      rule: "default",
      explanation: "Made by a test.",
      policyId: newId(),
      policyVersion: 1,
      argumentShape: {},
      requestBytes: 100,
      ...spec,
      at,
      orgId: context.org.id,
    },
  });
}

/** An approval that waits for a person; of a new agent and server when unnamed. */
export async function makeApproval(
  context: Pick<OrgContext, "org">,
  spec: Partial<Omit<Prisma.ApprovalUncheckedCreateInput, "orgId">> = {},
) {
  return database().approval.create({
    data: {
      id: newId(),
      agentId: spec.agentId ?? (await makeAgent(context)).id,
      serverId: spec.serverId ?? (await makeServer(context)).id,
      tool: "echo",
      digest: randomBytes(32),
      arguments: {},
      rule: "default",
      policyVersion: 1,
      expiresAt: new Date(Date.now() + 15 * 60 * 1000),
      ...spec,
      orgId: context.org.id,
    },
  });
}

/** A channel by e-mail, with one message in its outbox. */
export async function makeChannel(
  context: Pick<OrgContext, "org">,
  spec: Partial<Omit<Prisma.NotificationChannelUncheckedCreateInput, "orgId">> = {},
) {
  const orgId = context.org.id;
  const id = spec.id ?? newId();
  const { deliveries: _, ...channel } = await database().notificationChannel.create({
    data: {
      id,
      kind: "email",
      name: `Channel ${tail(id)}`,
      events: ["approval.requested"],
      target: "ops@example.test",
      recipients: ["ops@example.test"],
      createdBy: "system:test",
      ...spec,
      orgId,
      deliveries: {
        create: {
          id: newId(),
          event: "approval.requested",
          dedupe: "made by a test",
          title: "Made by a test",
          text: "Made by a test.",
          link: `/orgs/${context.org.slug}/approvals`,
        },
      },
    },
    include: { deliveries: true },
  });
  return channel;
}

function toolRow(orgId: string, serverId: string, spec: ToolSpec): Prisma.ToolCreateManyInput {
  const overrides = typeof spec === "string" ? { name: spec } : spec;
  const definition = overrides.definition ?? {
    name: overrides.name,
    description: `Does ${overrides.name}.`,
    inputSchema: { type: "object", properties: {} },
  };
  return {
    id: newId(),
    definition,
    digest: createHash("sha256")
      .update(canonicalize(definition) ?? "")
      .digest("hex"),
    state: "accepted",
    category: "read",
    riskClass: "low",
    confidence: 1,
    signals: [],
    rationale: "Made by a test.",
    evidence: [],
    ...overrides,
    orgId,
    serverId,
  };
}

/** The random end of an id: unique, and short enough for slugs and names. */
function tail(id: string): string {
  return id.slice(-12);
}
