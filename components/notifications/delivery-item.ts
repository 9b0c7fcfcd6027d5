import type { DeliveryRow } from "#lib/notifications/deliveries.ts";

/** A delivery as the log shows it; times in ISO 8601. */
export interface DeliveryItem
  extends Pick<DeliveryRow, "id" | "channel" | "event" | "title" | "state" | "attempts" | "error"> {
  createdAt: string;
  nextAt: string | null;
}

export function deliveryItemOf(row: DeliveryRow): DeliveryItem {
  const { id, channel, event, title, state, attempts, error } = row;
  return {
    ...{ id, channel, event, title, state, attempts, error },
    createdAt: row.createdAt.toISOString(),
    nextAt: row.nextAt?.toISOString() ?? null,
  };
}
