import type { OrgContext } from "#lib/auth/context.ts";
import { hasPermission, requirePermission } from "#lib/auth/permissions.ts";
import { database } from "#lib/db.ts";
import { isId } from "#lib/ids.ts";
import { parseInput } from "#lib/input.ts";
import { FindAnything } from "./schema.ts";

export type Found =
  | { kind: "server"; slug: string; name: string }
  | { kind: "tool"; name: string; server: string }
  | { kind: "agent"; name: string }
  | { kind: "call"; id: string; tool: string };

const most = 6;

/**
 * Servers, tools and agents whose name has the text in it, and the call with that id: at most six of
 * each, leaving out what the role may not see.
 */
export async function findAnything(context: OrgContext, input: unknown): Promise<Found[]> {
  requirePermission(context, "org.read");
  const { query } = parseInput(FindAnything, input);
  const found = await Promise.all([
    hasPermission(context.role, "servers.read") ? findServersAndTools(context, query) : [],
    hasPermission(context.role, "agents.read") ? findAgents(context, query) : [],
    hasPermission(context.role, "calls.read") ? findCall(context, query) : [],
  ]);
  return found.flat();
}

/** Prisma passes the database's wildcards on: they are to mean themselves. */
function anywhere(query: string) {
  return { contains: query.replace(/[\\%_]/g, "\\$&"), mode: "insensitive" } as const;
}

async function findServersAndTools({ org }: OrgContext, query: string): Promise<Found[]> {
  const contains = anywhere(query);
  const standing = { orgId: org.id, removedAt: null };
  const [servers, tools] = await Promise.all([
    database().server.findMany({
      where: { ...standing, OR: [{ name: contains }, { slug: contains }] },
      orderBy: { name: "asc" },
      take: most,
      select: { slug: true, name: true },
    }),
    database().tool.findMany({
      where: { orgId: org.id, server: standing, state: { not: "removed" }, name: contains },
      orderBy: { name: "asc" },
      take: most,
      select: { name: true, server: { select: { slug: true } } },
    }),
  ]);
  return [
    ...servers.map((server) => ({ kind: "server", ...server }) as const),
    ...tools.map(({ name, server }) => ({ kind: "tool", name, server: server.slug }) as const),
  ];
}

async function findAgents({ org }: OrgContext, query: string): Promise<Found[]> {
  const agents = await database().agent.findMany({
    where: { orgId: org.id, revokedAt: null, name: anywhere(query) },
    orderBy: { name: "asc" },
    take: most,
    select: { name: true },
  });
  return agents.map(({ name }) => ({ kind: "agent", name }));
}

async function findCall({ org }: OrgContext, query: string): Promise<Found[]> {
  const id = query.toLowerCase();
  if (!isId(id)) return [];
  const call = await database().call.findUnique({
    where: { orgId_id: { orgId: org.id, id } },
    select: { id: true, tool: true },
  });
  return call ? [{ kind: "call", ...call }] : [];
}
