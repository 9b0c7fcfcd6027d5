import type { Transaction } from "#lib/db.ts";
import { notify } from "#lib/notifications/outbox.ts";

/** Tells the org's channels that a server has just begun to fail (no tenant: the proxy's side). */
export async function tellFailing(
  transaction: Transaction,
  orgId: string,
  serverId: string,
  detail: string | null,
): Promise<void> {
  const { name, slug, org } = await transaction.server.findUniqueOrThrow({
    where: { orgId_id: { orgId, id: serverId } },
    select: { name: true, slug: true, org: { select: { slug: true } } },
  });
  await notify(transaction, {
    orgId,
    event: "server.failing",
    dedupe: `server.failing ${serverId} ${new Date().toISOString()}`,
    title: `${name} cannot be reached`,
    text: detail ?? "Its page shows more.",
    link: `/orgs/${org.slug}/servers/${slug}`,
    data: { server: slug, detail },
  });
}
