import { database } from "#lib/db.ts";
import { toStorableText } from "#lib/tools/storable.ts";

/**
 * Notes how a server speaks MCP, as its discovery found out; sessions opened from now on go that way
 * (no tenant check: the proxy's side).
 * @param revisions every protocol revision it was found to speak
 */
export async function recordTransport(
  orgId: string,
  serverId: string,
  transport: "streamable_http" | "sse" | "stdio",
  revisions: readonly string[],
): Promise<void> {
  const protocolRevisions = revisions.map(toStorableText);
  await database().server.updateMany({
    where: {
      orgId,
      id: serverId,
      removedAt: null,
      OR: [
        { transport: null },
        { NOT: { transport } },
        { NOT: { protocolRevisions: { equals: protocolRevisions } } },
      ],
    },
    data: { transport, protocolRevisions, revision: { increment: 1 } },
  });
}
