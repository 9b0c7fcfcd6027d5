import type { Transaction } from "#lib/db.ts";
import { newId } from "#lib/ids.ts";
import type { Prisma } from "#prisma/client.ts";
import type { NotificationEvent } from "./schema.ts";

/** Something an org's people may want to hear of, in words that stand alone. */
export interface Notice {
  orgId: string;
  event: NotificationEvent;
  /** Names the occurrence: a channel is told once of what has the same one. */
  dedupe: string;
  /** One line. */
  title: string;
  /** Plain text, without argument values: it leaves the product. */
  text: string;
  /** A path of the dashboard, such as `/orgs/acme/approvals/…`. */
  link: string;
  /** For programs, beside the text. */
  data: Prisma.InputJsonObject;
}

/**
 * Puts a notice in the outbox of every channel that wants it, in the transaction of what it tells:
 * both happen or neither. Nothing is sent here; the proxy delivers (no tenant check: its callers').
 *
 * @returns how many channels will be told
 */
export async function notify(transaction: Transaction, notice: Notice): Promise<number> {
  const { orgId, event, ...message } = notice;
  const channels = await transaction.notificationChannel.findMany({
    where: { orgId, enabled: true, removedAt: null, events: { has: event } },
    select: { id: true },
  });
  if (channels.length === 0) return 0;
  const { count } = await transaction.notificationDelivery.createMany({
    data: channels.map(({ id }) => ({ orgId, id: newId(), channelId: id, event, ...message })),
    skipDuplicates: true,
  });
  await wakeNotifier(transaction);
  return count;
}

/** Tells the proxies at commit that something may be due; they look by themselves every few seconds. */
export async function wakeNotifier(transaction: Transaction): Promise<void> {
  await transaction.$executeRaw`select pg_notify('callgate_notifications', '')`;
}
