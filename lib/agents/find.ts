import type { OrgContext } from "#lib/auth/context.ts";
import { database, type Transaction } from "#lib/db.ts";
import { AppError } from "#lib/errors.ts";

export interface ServerRef {
  id: string;
  slug: string;
}

/** An agent of the org with the servers it may use. @throws AppError `not_found` */
export async function findAgent(
  transaction: Pick<Transaction, "agent">,
  context: OrgContext,
  name: string,
): Promise<{ id: string; name: string; revokedAt: Date | null; servers: ServerRef[] }> {
  const agent = await transaction.agent.findUnique({
    where: { orgId_name: { orgId: context.org.id, name } },
    select: {
      id: true,
      name: true,
      revokedAt: true,
      grants: {
        select: { server: { select: { id: true, slug: true } } },
        orderBy: { server: { slug: "asc" } },
      },
    },
  });
  if (!agent) throw noSuchAgent(context, name);
  const { grants, ...rest } = agent;
  return { ...rest, servers: grants.map(({ server }) => server) };
}

/** The id of an agent of the org, revoked or not. @throws AppError `not_found` */
export async function agentIdOf(
  context: OrgContext,
  name: string,
  client: Pick<Transaction, "agent"> = database(),
): Promise<string> {
  const agent = await client.agent.findUnique({
    where: { orgId_name: { orgId: context.org.id, name } },
    select: { id: true },
  });
  if (!agent) throw noSuchAgent(context, name);
  return agent.id;
}

/** What a verb answers of an agent that is not the org's. */
export function noSuchAgent(context: OrgContext, name: string): AppError {
  return new AppError(
    "not_found",
    `There is no agent “${name}” in ${context.org.name}. The list of agents shows the names.`,
  );
}

/** The servers of these slugs, by slug, each once. @throws AppError `not_found`, naming the first missing */
export async function findServers(
  transaction: Pick<Transaction, "server">,
  context: OrgContext,
  slugs: string[],
): Promise<ServerRef[]> {
  const servers = await transaction.server.findMany({
    where: { orgId: context.org.id, slug: { in: slugs }, removedAt: null },
    orderBy: { slug: "asc" },
    select: { id: true, slug: true },
  });
  const missing = slugs.find((slug) => !servers.some((server) => server.slug === slug));
  if (missing === undefined) return servers;
  throw new AppError(
    "not_found",
    `There is no server “${missing}” in ${context.org.name}. The list of servers shows the slugs.`,
  );
}
