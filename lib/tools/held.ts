import { newId } from "#lib/ids.ts";
import { notify } from "#lib/notifications/outbox.ts";
import { matchAtOnce } from "./match-at-once.ts";
import type { ServerKey } from "./record.ts";
import { type HeldKind, heldKindOf } from "./review.ts";
import { markTold } from "./seen.ts";

/**
 * Tells the org's channels of what a server's tools are held with, of each definition once until one of the
 * tool's is accepted.
 */
export async function tellHeld(server: ServerKey): Promise<void> {
  const { orgId, serverId } = server;
  await matchAtOnce(async (transaction) => {
    const tools = (await markTold(transaction, server)).map((tool) => ({
      name: tool.name,
      change: heldKindOf(tool) ?? "changed",
    }));
    if (tools.length === 0) return;
    const { name, slug, org } = await transaction.server.findUniqueOrThrow({
      where: { orgId_id: { orgId, id: serverId } },
      select: { name: true, slug: true, org: { select: { slug: true } } },
    });
    const named = namedOf(tools.map((tool) => `${tool.name} (${kinds[tool.change]})`));
    await notify(transaction, {
      orgId,
      event: "tools.held",
      // What was told before has been left out above.
      dedupe: `tools.held ${newId()}`,
      title: `${tools.length === 1 ? "1 tool is" : `${tools.length} tools are`} held on ${name}`,
      text: `${named}. ${untilWhen(tools)}`,
      link: `/orgs/${org.slug}/servers/${slug}`,
      data: { server: slug, tools },
    });
  });
}

/** As many names as a message has room for. */
export function namedOf(names: readonly string[]): string {
  const more = names.length > mostNamed ? ` and ${names.length - mostNamed} more` : "";
  return `${names.slice(0, mostNamed).join(", ")}${more}`;
}

const mostNamed = 20;

function untilWhen(tools: readonly { change: HeldKind }[]): string {
  return tools.every(({ change }) => change === "duplicate")
    ? "Agents do not get them until the server gives each tool a name of its own."
    : "Agents do not get them until somebody accepts them.";
}

const kinds: Record<HeldKind, string> = {
  new: "new",
  changed: "changed",
  duplicate: "listed twice",
};
