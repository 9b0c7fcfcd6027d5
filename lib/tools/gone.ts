import { createHash } from "node:crypto";
import type { Transaction } from "#lib/db.ts";
import { notify } from "#lib/notifications/outbox.ts";
import { namedOf } from "./held.ts";
import type { Plan } from "./plan.ts";
import type { ServerKey } from "./record.ts";

/**
 * Tells the org's channels of tools that agents had and that their server no longer offers. The same tools
 * that come and go are told of once a day (UTC).
 */
export async function tellGone(
  transaction: Transaction,
  { orgId, serverId }: ServerKey,
  removed: Plan["removed"],
): Promise<void> {
  const gone = removed.filter(({ wasAccepted }) => wasAccepted);
  if (gone.length === 0) return;
  const { name, slug, org } = await transaction.server.findUniqueOrThrow({
    where: { orgId_id: { orgId, id: serverId } },
    select: { name: true, slug: true, org: { select: { slug: true } } },
  });
  const names = gone.map((tool) => tool.name).sort();
  const occurrence = [serverId, new Date().toISOString().slice(0, 10), ...names].join("\n");
  await notify(transaction, {
    orgId,
    event: "tools.held",
    dedupe: `tools.gone ${createHash("sha256").update(occurrence).digest("hex")}`,
    title: `${gone.length === 1 ? "1 tool is" : `${gone.length} tools are`} gone from ${name}`,
    text: `${namedOf(names)}. The server no longer offers ${gone.length === 1 ? "it" : "them"}.`,
    link: `/orgs/${org.slug}/servers/${slug}`,
    data: { server: slug, tools: names.map((tool) => ({ name: tool, change: "removed" })) },
  });
}
