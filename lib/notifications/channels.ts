import { randomBytes } from "node:crypto";
import { changeOrg } from "#lib/audit/change.ts";
import { actorId, type OrgContext } from "#lib/auth/context.ts";
import { requirePermission } from "#lib/auth/permissions.ts";
import { takeThrottle } from "#lib/auth/throttle.ts";
import { database, type Transaction } from "#lib/db.ts";
import { AppError } from "#lib/errors.ts";
import { isId, newId } from "#lib/ids.ts";
import { parseInput } from "#lib/input.ts";
import { currentSealingKey } from "#lib/secrets/keys.ts";
import { sealSecret } from "#lib/secrets/seal.ts";
import type { Prisma } from "#prisma/client.ts";
import { wakeNotifier } from "./outbox.ts";
import {
  ChannelInput,
  type ChannelKind,
  CreateChannel,
  channelKinds,
  type NotificationEvent,
  notificationEvents,
  UpdateChannel,
} from "./schema.ts";

/** Where an org is told of things; what is secret about it is not in here. */
export interface ChannelRow {
  id: string;
  kind: ChannelKind;
  name: string;
  events: NotificationEvent[];
  /** The host of the URL, or the addresses. */
  target: string;
  enabled: boolean;
  createdAt: Date;
  /** The latest delivery that came to an end; null when there is none. */
  last: { state: "delivered" | "failed"; at: Date; error: string | null } | null;
}

const mostChannels = 20;
/** Test messages of an org in an hour: a channel's address may be anybody's. */
const testsPerHour = 20;

/** Channels by name. */
export async function listChannels(context: OrgContext): Promise<ChannelRow[]> {
  requirePermission(context, "notifications.read");
  const channels = await database().notificationChannel.findMany({
    where: { orgId: context.org.id, removedAt: null },
    orderBy: [{ name: "asc" }, { id: "asc" }],
    include: withLast,
  });
  return channels.map(toRow);
}

/**
 * A new channel; its URL and secret are sealed, and only the proxy can open them (invariant 8).
 *
 * @returns for a webhook also the secret its messages are signed with: readable here and never again
 * @throws AppError `invalid_input`, `conflict` when there are 20, `unavailable` without a proxy's key
 */
export async function createChannel(
  context: OrgContext,
  input: unknown,
): Promise<{ channel: ChannelRow; secret: string | null }> {
  requirePermission(context, "notifications.write");
  const wanted = parseInput(CreateChannel, input);
  const orgId = context.org.id;
  const id = newId();
  const secret = wanted.kind === "webhook" ? `whsec_${randomBytes(32).toString("base64")}` : null;
  const sealed = await seal(orgId, id, {
    url: wanted.kind === "email" ? null : wanted.url,
    secret,
  });
  const channel = await changeOrg(context, "plain", async (transaction, audit) => {
    const present = await transaction.notificationChannel.count({
      where: { orgId, removedAt: null },
    });
    if (present >= mostChannels) {
      throw new AppError(
        "conflict",
        `An org has at most ${mostChannels} channels. Remove one that nobody reads.`,
      );
    }
    const { kind, name, events } = wanted;
    const target = wanted.kind === "email" ? wanted.recipients.join(", ") : hostOf(wanted.url);
    const recipients = wanted.kind === "email" ? wanted.recipients : [];
    const createdBy = actorId(context.actor);
    const row = await transaction.notificationChannel.create({
      data: { orgId, id, kind, name, events, target, recipients, createdBy, ...sealed },
      include: withLast,
    });
    const subject = { kind: "channel", id, name };
    await audit({ action: "notification.create", subject, detail: { kind, events, target } });
    return row;
  });
  return { channel: toRow(channel), secret };
}

/** Renames a channel, chooses its events, or switches it off and on. @throws AppError `not_found` */
export async function updateChannel(context: OrgContext, input: unknown): Promise<ChannelRow> {
  requirePermission(context, "notifications.write");
  const { id, name, events, enabled } = parseInput(UpdateChannel, input);
  const orgId = context.org.id;
  return changeOrg(context, "plain", async (transaction, audit) => {
    const channel = await findChannel(transaction, context, id);
    const change = {
      ...(name !== undefined && { name }),
      ...(events !== undefined && { events }),
      ...(enabled !== undefined && { enabled }),
    };
    const row = await transaction.notificationChannel.update({
      where: { orgId_id: { orgId, id } },
      data: change,
      include: withLast,
    });
    const subject = { kind: "channel", id, name: channel.name };
    await audit({ action: "notification.update", subject, detail: change });
    return toRow(row);
  });
}

/** Ends a channel: nothing more is sent, and its sealed URL and secret are erased. */
export async function removeChannel(context: OrgContext, input: unknown): Promise<{ id: string }> {
  requirePermission(context, "notifications.write");
  const { id } = parseInput(ChannelInput, input);
  const orgId = context.org.id;
  return changeOrg(context, "plain", async (transaction, audit) => {
    const channel = await findChannel(transaction, context, id);
    await transaction.notificationChannel.update({
      where: { orgId_id: { orgId, id } },
      data: { removedAt: new Date(), enabled: false, sealedUrl: null, sealedSecret: null },
    });
    await transaction.notificationDelivery.updateMany({
      where: { orgId, channelId: id, state: { in: ["queued", "sending"] } },
      data: { state: "failed", error: "The channel was removed.", finishedAt: new Date() },
    });
    const subject = { kind: "channel", id, name: channel.name };
    await audit({ action: "notification.remove", subject, detail: { kind: channel.kind } });
    return { id };
  });
}

/**
 * Sends a test message, also to a channel that is switched off; the log shows what came of it.
 * @returns the delivery's id
 * @throws AppError `not_found`, `rate_limited` beyond 20 in an hour
 */
export async function testChannel(
  context: OrgContext,
  input: unknown,
): Promise<{ deliveryId: string }> {
  requirePermission(context, "notifications.write");
  const { id } = parseInput(ChannelInput, input);
  const orgId = context.org.id;
  const deliveryId = newId();
  await findChannel(database(), context, id);
  await takeThrottle({
    purpose: "notification-test",
    subject: orgId,
    max: testsPerHour,
    windowSeconds: 60 * 60,
  });
  await changeOrg(context, "plain", async (transaction, audit) => {
    const channel = await findChannel(transaction, context, id);
    await transaction.notificationDelivery.create({
      data: {
        orgId,
        id: deliveryId,
        channelId: id,
        event: "channel.test",
        dedupe: deliveryId,
        title: `Test message for ${channel.name}`,
        text: `${context.actor.name} sent this from Callgate to see whether it arrives.`,
        link: `/orgs/${context.org.slug}/settings/notifications`,
      },
    });
    await wakeNotifier(transaction);
    const subject = { kind: "channel", id, name: channel.name };
    await audit({ action: "notification.test", subject });
  });
  return { deliveryId };
}

const withLast = {
  deliveries: {
    where: { OR: [{ state: "delivered" }, { state: "failed" }] },
    orderBy: { id: "desc" },
    take: 1,
    select: { state: true, finishedAt: true, createdAt: true, error: true },
  },
} satisfies Prisma.NotificationChannelInclude;

interface StoredChannel {
  id: string;
  kind: string;
  name: string;
  events: string[];
  target: string;
  enabled: boolean;
  createdAt: Date;
  deliveries: { state: string; finishedAt: Date | null; createdAt: Date; error: string | null }[];
}

function toRow(stored: StoredChannel): ChannelRow {
  const { id, name, target, enabled, createdAt } = stored;
  const kind = channelKinds.find((known) => known === stored.kind) ?? "webhook";
  const events = notificationEvents.filter((event) => stored.events.includes(event));
  const [latest] = stored.deliveries;
  const last = latest && {
    state: latest.state === "delivered" ? ("delivered" as const) : ("failed" as const),
    at: latest.finishedAt ?? latest.createdAt,
    error: latest.error,
  };
  return { id, kind, name, events, target, enabled, createdAt, last: last ?? null };
}

async function findChannel(client: Transaction, context: OrgContext, id: string) {
  const channel = isId(id)
    ? await client.notificationChannel.findFirst({
        where: { orgId: context.org.id, id, removedAt: null },
        select: { id: true, name: true, kind: true },
      })
    : null;
  if (channel) return channel;
  throw new AppError(
    "not_found",
    "There is no such channel in this org. The settings page lists those there are.",
  );
}

async function seal(
  orgId: string,
  ownerId: string,
  { url, secret }: { url: string | null; secret: string | null },
): Promise<{ sealedUrl: string | null; sealedSecret: string | null }> {
  if (url === null) return { sealedUrl: null, sealedSecret: null };
  const key = await currentSealingKey();
  return {
    sealedUrl: sealSecret(key, { orgId, ownerId, name: "url" }, url),
    sealedSecret: secret && sealSecret(key, { orgId, ownerId, name: "secret" }, secret),
  };
}

function hostOf(url: string): string {
  return new URL(url).host;
}
