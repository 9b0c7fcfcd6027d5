import type { OrgContext } from "#lib/auth/context.ts";
import { database } from "#lib/db.ts";
import type { documentLimits } from "#lib/policy/limits.ts";
import type { LimitScope } from "#lib/policy/types.ts";
import { windowKey } from "./key.ts";

/** Whose slots a window counts. */
export interface LimitOwner {
  kind: LimitScope;
  /** Id of the session (or token), agent, server or org. */
  id: string;
  /** As people know it; a session by its agent. */
  name: string;
  /** Slug; null where slots are shared over servers. */
  server: string | null;
  /** Name; null where slots are shared over agents. */
  agent: string | null;
}

/** One window that a limit may have, by the key it is stored under. */
export interface NamedWindow {
  key: string;
  limit: ReturnType<typeof documentLimits>[number];
  owner: LimitOwner;
}

/** A session that was used this recently may still hold slots worth showing. */
const sessionMilliseconds = 31 * 24 * 60 * 60 * 1000;
const mostSessions = 2_000;

export interface PolicyUsers {
  orgId: string;
  orgName: string;
  /** Servers and agents under one policy. */
  servers: { id: string; slug: string }[];
  agents: { id: string; name: string; tokens: { id: string; last4: string }[] }[];
  sessions: { id: string; agentId: string; serverId: string }[];
}

/** Who uses a policy on these servers: agents with a grant that it decides, and their sessions. */
export async function usersOf(
  context: OrgContext,
  policyId: string,
  filter: { serverId?: string; agentId?: string },
): Promise<PolicyUsers> {
  const orgId = context.org.id;
  const grants = await database().grant.findMany({
    where: {
      orgId,
      ...(filter.serverId !== undefined && { serverId: filter.serverId }),
      ...(filter.agentId !== undefined && { agentId: filter.agentId }),
      server: { removedAt: null },
      OR: [{ policyId }, { policyId: null, server: { policyId } }],
    },
    select: {
      server: { select: { id: true, slug: true } },
      agent: {
        select: { id: true, name: true, tokens: { select: { id: true, last4: true } } },
      },
    },
  });
  const servers = new Map(grants.map(({ server }) => [server.id, server]));
  const agents = new Map(grants.map(({ agent }) => [agent.id, agent]));
  const sessions = await database().session.findMany({
    where: {
      orgId,
      agentId: { in: [...agents.keys()] },
      serverId: { in: [...servers.keys()] },
      lastSeenAt: { gt: new Date(Date.now() - sessionMilliseconds) },
    },
    orderBy: { lastSeenAt: "desc" },
    take: mostSessions,
    select: { id: true, agentId: true, serverId: true },
  });
  return {
    orgId,
    orgName: context.org.name,
    servers: [...servers.values()],
    agents: [...agents.values()],
    sessions,
  };
}

/** Every window that a policy's limits may have among these users. */
export function windowsOf(
  policyId: string,
  limits: readonly NamedWindow["limit"][],
  users: PolicyUsers,
): NamedWindow[] {
  const owners = ownersByScope(users);
  return limits.flatMap((limit) =>
    owners[limit.per].map((owner) => ({
      key: windowKey(policyId, limit.limitKey, limit.per, owner.id),
      limit,
      owner,
    })),
  );
}

function ownersByScope(users: PolicyUsers): Record<LimitScope, LimitOwner[]> {
  const agentNames = new Map(users.agents.map(({ id, name }) => [id, name]));
  const slugs = new Map(users.servers.map(({ id, slug }) => [id, slug]));
  const nobody = { server: null, agent: null };
  return {
    org: [{ kind: "org", id: users.orgId, name: users.orgName, ...nobody }],
    server: users.servers.map(({ id, slug }) => {
      return { kind: "server", id, name: slug, server: slug, agent: null };
    }),
    agent: users.agents.map(({ id, name }) => {
      return { kind: "agent", id, name, server: null, agent: name };
    }),
    session: [
      ...users.sessions.map(({ id, agentId, serverId }) => {
        const agent = agentNames.get(agentId) ?? "deleted agent";
        const server = slugs.get(serverId) ?? null;
        const name = `${agent}, session ${id.slice(-6)}`;
        return { kind: "session" as const, id, name, server, agent };
      }),
      // Where the protocol has no session, the token is the session.
      ...users.agents.flatMap(({ name: agent, tokens }) =>
        tokens.map(({ id, last4 }) => {
          const name = `${agent}, token …${last4}`;
          return { kind: "session" as const, id, name, server: null, agent };
        }),
      ),
    ],
  };
}
