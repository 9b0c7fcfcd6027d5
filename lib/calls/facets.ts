import { z } from "zod";
import type { OrgContext } from "#lib/auth/context.ts";
import { requirePermission } from "#lib/auth/permissions.ts";
import { database } from "#lib/db.ts";
import { parseInput } from "#lib/input.ts";

const CallFacets = z.strictObject({ server: z.string().optional() });

export interface CallFacets {
  servers: { slug: string; name: string }[];
  agents: string[];
  /** Of the chosen server, or of all; the first 500 by name. */
  tools: string[];
}

/** What the record can be narrowed down to. Reads names only: its cost does not grow with calls. */
export async function listCallFacets(
  context: OrgContext,
  input: unknown = {},
): Promise<CallFacets> {
  requirePermission(context, "calls.read");
  const { server } = parseInput(CallFacets, input);
  const orgId = context.org.id;
  const standing = { orgId, removedAt: null };
  const [servers, agents, tools] = await Promise.all([
    database().server.findMany({
      where: standing,
      orderBy: { name: "asc" },
      select: { slug: true, name: true },
    }),
    database().agent.findMany({
      where: { orgId },
      orderBy: [{ revokedAt: { sort: "asc", nulls: "first" } }, { name: "asc" }],
      take: 200,
      select: { name: true },
    }),
    database().tool.findMany({
      where: { orgId, server: { ...standing, ...(server !== undefined && { slug: server }) } },
      distinct: ["name"],
      orderBy: { name: "asc" },
      take: 500,
      select: { name: true },
    }),
  ]);
  return { servers, agents: agents.map(({ name }) => name), tools: tools.map(({ name }) => name) };
}
