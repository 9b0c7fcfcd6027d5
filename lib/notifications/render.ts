import { createHmac } from "node:crypto";

/** A notice on its way out, with everything a reader needs. */
export interface OutgoingNotice {
  id: string;
  event: string;
  at: Date;
  org: { slug: string; name: string };
  title: string;
  text: string;
  /** Absolute. It opens a page; deciding anything takes a sign-in and a click there. */
  link: string;
  data: unknown;
}

/** The JSON that a webhook receives. */
export function webhookBody(notice: OutgoingNotice): string {
  const { id, event, at, org, title, text, link, data } = notice;
  return JSON.stringify({
    id,
    type: event,
    timestamp: at.toISOString(),
    org,
    title,
    text,
    link,
    data,
  });
}

/**
 * The headers that prove a webhook's origin, after the Standard Webhooks specification: HMAC-SHA256
 * over `id.timestamp.body`, keyed with the bytes of the secret after `whsec_`. A receiver compares in
 * constant time and refuses a timestamp more than five minutes off, and an id that it has seen.
 *
 * @param seconds Unix time of this attempt
 */
export function webhookHeaders(
  id: string,
  seconds: number,
  body: string,
  secret: string,
): Record<string, string> {
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const signature = createHmac("sha256", key).update(`${id}.${seconds}.${body}`).digest("base64");
  return {
    "webhook-id": id,
    "webhook-timestamp": String(seconds),
    "webhook-signature": `v1,${signature}`,
  };
}

/** The JSON of a Slack incoming webhook. What others wrote stands in plain text, never in mrkdwn. */
export function slackBody({ title, text, link, org }: OutgoingNotice): string {
  const plain = (words: string) => ({
    type: "plain_text",
    text: words.slice(0, 2_900),
    emoji: false,
  });
  return JSON.stringify({
    text: escapeSlack(title),
    blocks: [
      { type: "section", text: plain(`${title}\n${text}`) },
      {
        type: "section",
        text: { type: "mrkdwn", text: `<${link}|Open in Callgate> · ${escapeSlack(org.name)}` },
      },
    ],
    unfurl_links: false,
    unfurl_media: false,
  });
}

/** Subject and body of an e-mail, in plain text. */
export function emailText({ title, text, link, org }: OutgoingNotice): {
  subject: string;
  text: string;
} {
  return {
    subject: `[${oneLine(org.name)}] ${oneLine(title)}`.slice(0, 200),
    text: [
      title,
      "",
      text,
      "",
      link,
      "",
      `You receive this because ${org.name} sends its notifications to this address. Opening the link`,
      "decides nothing: sign in and decide on the page.",
      "",
    ].join("\n"),
  };
}

/** Slack's three control characters (Slack, "Formatting text for app surfaces"). */
function escapeSlack(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function oneLine(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, " ").trim();
}
