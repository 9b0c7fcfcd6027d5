import type { ChannelKind, NotificationEvent } from "#lib/notifications/schema.ts";

export const eventWords: Record<NotificationEvent, { label: string; help: string }> = {
  "approval.requested": {
    label: "Approval requested",
    help: "A call waits for a person.",
  },
  "approval.decided": { label: "Approval decided", help: "Somebody approved or denied a call." },
  "tools.held": {
    label: "Tools held",
    help: "A server announces new or changed tools, which nobody sees until they are reviewed, or drops some.",
  },
  "server.failing": { label: "Server failing", help: "A server cannot be reached any more." },
};

/** An event of the log; a later version may know more than this one. */
export function eventLabel(event: string): string {
  if (event === "channel.test") return "Test";
  return Object.entries(eventWords).find(([name]) => name === event)?.[1].label ?? event;
}

/** `noun` stands inside a sentence. */
export const kindWords: Record<ChannelKind, { label: string; noun: string; help: string }> = {
  webhook: {
    label: "Webhook",
    noun: "webhook",
    help: "A signed POST with JSON to an address of yours. Answer with any 2xx status within 10 seconds; anything else is tried again, five times in about an hour.",
  },
  slack: {
    label: "Slack",
    noun: "Slack channel",
    help: "A message in a channel, through an incoming webhook: in Slack, create an app, switch on Incoming Webhooks, add one for the channel and paste its URL.",
  },
  email: {
    label: "E-mail",
    noun: "e-mail",
    help: "Plain text to up to 10 addresses, through the mail server that the operator has set up.",
  },
};
