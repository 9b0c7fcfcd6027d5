import type { OrgContext } from "#lib/auth/context.ts";
import { requirePermission } from "#lib/auth/permissions.ts";
import { database } from "#lib/db.ts";
import { AppError } from "#lib/errors.ts";
import { isId } from "#lib/ids.ts";
import { parseInput } from "#lib/input.ts";
import { ListDeliveries } from "./schema.ts";

const deliveryStates = ["queued", "sending", "delivered", "failed"] as const;

/** One message on its way to one channel, or what became of it. */
export interface DeliveryRow {
  id: string;
  channelId: string;
  channel: string;
  event: string;
  title: string;
  state: (typeof deliveryStates)[number];
  attempts: number;
  /** When it is tried again; only while queued. */
  nextAt: Date | null;
  httpStatus: number | null;
  /** What stood in the way the last time. */
  error: string | null;
  createdAt: Date;
  finishedAt: Date | null;
}

/** The delivery log, newest first, also of channels that are gone. @throws AppError `not_found` */
export async function listDeliveries(
  context: OrgContext,
  input: unknown = {},
): Promise<DeliveryRow[]> {
  requirePermission(context, "notifications.read");
  const { channel, limit } = parseInput(ListDeliveries, input);
  const orgId = context.org.id;
  if (channel !== undefined) await requireChannel(orgId, channel);
  const rows = await database().notificationDelivery.findMany({
    where: { orgId, ...(channel !== undefined && { channelId: channel }) },
    orderBy: { id: "desc" },
    take: limit,
    include: { channel: { select: { name: true } } },
  });
  return rows.map((row) => {
    const state = deliveryStates.find((known) => known === row.state) ?? "failed";
    return {
      id: row.id,
      channelId: row.channelId,
      channel: row.channel.name,
      event: row.event,
      title: row.title,
      state,
      attempts: row.attempts,
      nextAt: state === "queued" ? row.nextAt : null,
      httpStatus: row.httpStatus,
      error: row.error,
      createdAt: row.createdAt,
      finishedAt: row.finishedAt,
    };
  });
}

async function requireChannel(orgId: string, id: string): Promise<void> {
  const known = isId(id) && (await database().notificationChannel.count({ where: { orgId, id } }));
  if (known) return;
  throw new AppError(
    "not_found",
    "There is no such channel in this org. The settings page lists those there are.",
  );
}
