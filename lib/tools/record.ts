import type { Transaction } from "#lib/db.ts";
import { AppError } from "#lib/errors.ts";
import type { StoredFacts } from "./facts.ts";
import type { RecordedTool } from "./review.ts";

export interface ServerKey {
  orgId: string;
  serverId: string;
}

/** A server's tools as they stand, and what its org said of how to review them. */
export interface ToolRecord {
  /** Nothing was discovered before. */
  isBaseline: boolean;
  trusted: boolean;
  acceptsHarmless: boolean;
  recorded: Recorded[];
}

export type Recorded = RecordedTool & StoredFacts & { id: string };

/** Small whatever the server: definitions stay in the database. @throws AppError `not_found` when the server is gone */
export async function readRecord(
  client: Transaction,
  { orgId, serverId }: ServerKey,
): Promise<ToolRecord> {
  const current = await client.server.findFirst({
    where: { orgId, id: serverId, removedAt: null },
    select: { protocolRevision: true, trusted: true, acceptsHarmless: true },
  });
  if (!current) throw new AppError("not_found", "This server has been removed.");
  const recorded = await client.tool.findMany({
    where: { orgId, serverId },
    select: {
      id: true,
      name: true,
      digest: true,
      heldDigest: true,
      state: true,
      category: true,
      riskClass: true,
      overrideCategory: true,
      overrideRiskClass: true,
    },
  });
  const { protocolRevision, ...settings } = current;
  return { isBaseline: protocolRevision === null, ...settings, recorded };
}
