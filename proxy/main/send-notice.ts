import {
  emailText,
  type OutgoingNotice,
  slackBody,
  webhookBody,
  webhookHeaders,
} from "#lib/notifications/render.ts";
import type { Attempt, ClaimedDelivery } from "#lib/notifications/worker.ts";
import { type OpeningKey, openSecret } from "#lib/secrets/open.ts";
import { AddressRefusal, type AllowedNetworks } from "#proxy/upstream/address-guard.ts";
import { createGuardedClient } from "#proxy/upstream/guarded-client.ts";
import { type MailServer, sendMail } from "./mail.ts";

export interface SendOptions {
  openingKey: OpeningKey;
  /** Private networks that channels may be in, as for servers. */
  allowed: AllowedNetworks;
  /** Where links lead. */
  publicUrl: string;
  /** The operator's mail server; null: none. */
  smtp: MailServer | null;
  /** Longest that one attempt may take; milliseconds. */
  attemptMilliseconds: number;
}

const connectMilliseconds = 5_000;
const mostAnswerBytes = 64 * 1024;

/** Makes one attempt at a delivery. Never throws: what stood in the way goes into the log. */
export async function sendNotice(
  delivery: ClaimedDelivery,
  options: SendOptions,
): Promise<Attempt> {
  if (!delivery.enabled && delivery.event !== "channel.test") {
    return failed("The channel was switched off before this was sent.", { permanent: true });
  }
  const notice = noticeOf(delivery, options.publicUrl);
  try {
    switch (delivery.kind) {
      case "webhook":
        return await sendWebhook(delivery, notice, options);
      case "slack":
        return await post(open(delivery, "url", options), slackBody(notice), {}, options);
      case "email":
        return await sendEmail(delivery, notice, options);
      default:
        return failed(`This proxy knows no channels of kind ${delivery.kind}.`);
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : "unknown";
    return failed(reason, { permanent: error instanceof AddressRefusal });
  }
}

function noticeOf(delivery: ClaimedDelivery, publicUrl: string): OutgoingNotice {
  const { id, event, createdAt, orgSlug, orgName, title, text, link, data } = delivery;
  const org = { slug: orgSlug, name: orgName };
  return { id, event, at: createdAt, org, title, text, link: `${publicUrl}${link}`, data };
}

function sendWebhook(
  delivery: ClaimedDelivery,
  notice: OutgoingNotice,
  options: SendOptions,
): Promise<Attempt> {
  const body = webhookBody(notice);
  const secret = open(delivery, "secret", options);
  const seconds = Math.floor(Date.now() / 1000);
  const headers = webhookHeaders(notice.id, seconds, body, secret);
  return post(open(delivery, "url", options), body, headers, options);
}

/** One POST through the guard that upstreams have; redirects and private addresses are failures. */
async function post(
  address: string,
  body: string,
  headers: Record<string, string>,
  { allowed, attemptMilliseconds }: SendOptions,
): Promise<Attempt> {
  const client = createGuardedClient(new URL(address), {
    allowed,
    connectTimeoutMilliseconds: connectMilliseconds,
  });
  try {
    const reply = await client.exchange({
      method: "POST",
      headers: { "content-type": "application/json", "user-agent": "callgate", ...headers },
      body,
      totalMilliseconds: attemptMilliseconds,
      maxBytes: mostAnswerBytes,
    });
    if (reply.kind === "failed") {
      const { code, message } = reply.failure;
      return failed(message, { permanent: code === "blocked_address" });
    }
    reply.body.abort();
    const { status } = reply;
    if (status >= 200 && status < 300) return { ok: true, httpStatus: status };
    return failed(`The receiver answered with HTTP ${status}.`, { httpStatus: status });
  } finally {
    await client.close();
  }
}

async function sendEmail(
  { recipients, id }: ClaimedDelivery,
  notice: OutgoingNotice,
  { smtp, attemptMilliseconds }: SendOptions,
): Promise<Attempt> {
  if (smtp === null) {
    const message = "No mail server is set up. The operator sets SMTP_URL and SMTP_FROM.";
    return failed(message, { permanent: true });
  }
  const { host } = new URL(notice.link);
  const mail = {
    to: recipients,
    messageId: `<${id}@${host.replace(/:\d+$/, "")}>`,
    headers: { "auto-submitted": "auto-generated" },
    ...emailText(notice),
  };
  await sendMail(smtp, mail, attemptMilliseconds);
  return { ok: true, httpStatus: null };
}

function open(
  { orgId, channelId, sealedUrl, sealedSecret }: ClaimedDelivery,
  name: "url" | "secret",
  { openingKey }: SendOptions,
): string {
  const sealed = name === "url" ? sealedUrl : sealedSecret;
  if (sealed === null) throw new Error("The channel was removed.");
  return openSecret(openingKey, { orgId, ownerId: channelId, name }, sealed);
}

function failed(
  error: string,
  {
    httpStatus = null,
    permanent = false,
  }: { httpStatus?: number | null; permanent?: boolean } = {},
): Attempt {
  return { ok: false, httpStatus, error, permanent };
}
