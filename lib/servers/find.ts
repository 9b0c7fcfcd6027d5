import type { OrgContext } from "#lib/auth/context.ts";
import { database, type Transaction } from "#lib/db.ts";
import { AppError } from "#lib/errors.ts";

/** A server as stored, found by the slug people and URLs use. @throws AppError `not_found` */
export async function findServer(
  context: OrgContext,
  slug: string,
  client: Transaction = database(),
) {
  const server = await client.server.findFirst({
    where: { orgId: context.org.id, slug, removedAt: null },
  });
  if (server) return server;
  throw new AppError(
    "not_found",
    `There is no server “${slug}” in ${context.org.name}. The list of servers shows the slugs.`,
  );
}
