import { z } from "zod";
import { Email } from "#lib/auth/schema.ts";

/** What an org can be told of outside the dashboard. */
export const notificationEvents = [
  "approval.requested",
  "approval.decided",
  "tools.held",
  "server.failing",
] as const;
export type NotificationEvent = (typeof notificationEvents)[number];

export const channelKinds = ["webhook", "slack", "email"] as const;
export type ChannelKind = (typeof channelKinds)[number];

const Name = z
  .string()
  .trim()
  .min(1, "Enter a name")
  .max(60, "Use at most 60 characters")
  .regex(/^\P{C}*$/u, "Leave out invisible characters");

const Events = z
  .array(z.enum(notificationEvents))
  .min(1, "Choose at least one event")
  .transform((events) => notificationEvents.filter((event) => events.includes(event)));

/** Which addresses may be reached is the proxy's to say, each time it sends. */
const Address = z
  .url({ protocol: /^https?$/, error: "Enter a URL that starts with https://" })
  .max(2_000, "Use at most 2,000 characters");

export const CreateChannel = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("webhook"), name: Name, events: Events, url: Address }),
  z.strictObject({ kind: z.literal("slack"), name: Name, events: Events, url: Address }),
  z.strictObject({
    kind: z.literal("email"),
    name: Name,
    events: Events,
    recipients: z
      .array(Email)
      .min(1, "Enter at least one address")
      .max(10, "Use at most 10 addresses"),
  }),
]);
export type CreateChannel = z.infer<typeof CreateChannel>;

export const ChannelInput = z.strictObject({ id: z.string() });
export type ChannelInput = z.infer<typeof ChannelInput>;

export const UpdateChannel = z.strictObject({
  id: z.string(),
  name: Name.optional(),
  events: Events.optional(),
  enabled: z.boolean().optional(),
});
export type UpdateChannel = z.infer<typeof UpdateChannel>;

export const ListDeliveries = z.strictObject({
  /** A channel's id; of all channels else. */
  channel: z.string().optional(),
  limit: z.int().min(1).max(200).default(50),
});
export type ListDeliveries = z.infer<typeof ListDeliveries>;
