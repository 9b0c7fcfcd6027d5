import { createHash } from "node:crypto";
import type { Transaction } from "#lib/db.ts";
import { notify } from "#lib/notifications/outbox.ts";
import type { RecordChanges, ServerKey } from "./record.ts";

/**
 * Tells the org's channels of tools that are held from now on. Only what was never announced before
 * is told, so a server that goes back and forth between two definitions is told of once.
 */
export async function tellHeld(
  transaction: Transaction,
  { orgId, serverId }: ServerKey,
  held: RecordChanges["held"],
): Promise<void> {
  if (held.length === 0) return;
  const { name, slug, org } = await transaction.server.findUniqueOrThrow({
    where: { orgId_id: { orgId, id: serverId } },
    select: { name: true, slug: true, org: { select: { slug: true } } },
  });
  const occurrence = held.map(({ id, digest }) => `${id} ${digest}`).sort();
  const names = held.map((tool) => `${tool.name} (${tool.isNew ? "new" : "changed"})`);
  const more = names.length > mostNamed ? ` and ${names.length - mostNamed} more` : "";
  await notify(transaction, {
    orgId,
    event: "tools.held",
    dedupe: `tools.held ${createHash("sha256").update(occurrence.join("\n")).digest("hex")}`,
    title: `${held.length === 1 ? "1 tool is" : `${held.length} tools are`} held on ${name}`,
    text: `${names.slice(0, mostNamed).join(", ")}${more}. Agents do not get them until somebody accepts them.`,
    link: `/orgs/${org.slug}/servers/${slug}`,
    data: {
      server: slug,
      tools: held.map((tool) => ({ name: tool.name, change: tool.isNew ? "new" : "changed" })),
    },
  });
}

const mostNamed = 20;
