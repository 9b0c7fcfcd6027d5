import type { Transaction } from "#lib/db.ts";
import { newId } from "#lib/ids.ts";
import { notify } from "#lib/notifications/outbox.ts";
import type { HeldTool } from "./plan.ts";
import type { ServerKey } from "./record.ts";
import { markTold } from "./seen.ts";

/**
 * Tells the org's channels of tools that are held from now on, of each definition once until one of the
 * tool's is accepted.
 */
export async function tellHeld(
  transaction: Transaction,
  { orgId, serverId }: ServerKey,
  tools: readonly HeldTool[],
): Promise<void> {
  if (tools.length === 0) return;
  const held = await markTold(transaction, orgId, tools);
  if (held.length === 0) return;
  const { name, slug, org } = await transaction.server.findUniqueOrThrow({
    where: { orgId_id: { orgId, id: serverId } },
    select: { name: true, slug: true, org: { select: { slug: true } } },
  });
  await notify(transaction, {
    orgId,
    event: "tools.held",
    // What was told before has been left out above.
    dedupe: `tools.held ${newId()}`,
    title: `${held.length === 1 ? "1 tool is" : `${held.length} tools are`} held on ${name}`,
    text: `${namedOf(held.map((tool) => `${tool.name} (${kinds[tool.kind]})`))}. ${untilWhen(held)}`,
    link: `/orgs/${org.slug}/servers/${slug}`,
    data: { server: slug, tools: held.map((tool) => ({ name: tool.name, change: tool.kind })) },
  });
}

/** As many names as a message has room for. */
export function namedOf(names: readonly string[]): string {
  const more = names.length > mostNamed ? ` and ${names.length - mostNamed} more` : "";
  return `${names.slice(0, mostNamed).join(", ")}${more}`;
}

function untilWhen(held: readonly HeldTool[]): string {
  return held.every(({ kind }) => kind === "duplicate")
    ? "Agents do not get them until the server gives each tool a name of its own."
    : "Agents do not get them until somebody accepts them.";
}

const mostNamed = 20;

const kinds = { new: "new", changed: "changed", duplicate: "listed twice" } as const;
