import type { MailOutcome } from "#lib/auth/link-mail.ts";
import { takeThrottle } from "#lib/auth/throttle.ts";
import { database } from "#lib/db.ts";
import { newId } from "#lib/ids.ts";
import { parseInput } from "#lib/input.ts";
import { SendMessage } from "./schema.ts";

/** A question of a passer-by. */
export interface ContactMessageRow {
  id: string;
  name: string;
  email: string;
  message: string;
  at: Date;
  /** When it was mailed to the operator; null while it only stands here. */
  mailedAt: Date | null;
}

/**
 * Keeps a message for the operator (no tenant). What a program has filled in is dropped without a word
 * about it.
 *
 * @param address network address of whoever asks: 5 messages an hour
 * @throws AppError `invalid_input`, `rate_limited`
 */
export async function sendMessage(input: unknown, address: string): Promise<void> {
  const { website, ...message } = parseInput(SendMessage, input);
  const window = { max: 5, windowSeconds: 60 * 60 };
  await takeThrottle({ purpose: "contact:address", subject: address, ...window });
  if (website !== "") return;
  await database().contactMessage.create({ data: { id: newId(), ...message } });
}

/** The latest messages, newest first (no tenant: the operator's command line). */
export async function listMessages(limit = 50): Promise<ContactMessageRow[]> {
  const messages = await database().contactMessage.findMany({
    orderBy: { id: "desc" },
    take: limit,
  });
  return messages.map(({ createdAt, claimedUntil: _, ...message }) => ({
    ...message,
    at: createdAt,
  }));
}

/** A message whose worker died is another's after this long; a mail takes seconds. */
const leaseSeconds = 60;
/** Before a message that the mail server refuses is shown to it again; sooner when it was only away. */
const refusedSeconds = 60 * 60;

/**
 * Takes the next message that has not been mailed to the operator (no tenant: the proxy's side). Of several
 * workers one gets each; when that one dies it is mailed again a minute later, until a mail is finished.
 *
 * @param after the message before, so that one that cannot be mailed keeps no other waiting
 */
export async function claimMessageToMail(
  after: ContactMessageRow | null,
): Promise<ContactMessageRow | null> {
  const [message] = await database().$queryRaw<ContactMessageRow[]>`
    update contact_messages set claimed_until = now() + make_interval(secs => ${leaseSeconds}::int)
    where id = (
      select id from contact_messages
      where mailed_at is null and id > ${after?.id ?? nil}::uuid
        and (claimed_until is null or claimed_until <= now())
      order by id limit 1 for update skip locked
    )
    returning id, name, email, message, created_at as at, mailed_at as "mailedAt"`;
  return message ?? null;
}

/** Notes what came of a mail. A message stays the operator's, so it is tried until it has been mailed. */
export async function finishMessageToMail(
  { id }: ContactMessageRow,
  outcome: MailOutcome,
): Promise<void> {
  const data = {
    mailed: { mailedAt: new Date() },
    refused: { claimedUntil: new Date(Date.now() + refusedSeconds * 1000) },
    later: { claimedUntil: null },
  };
  await database().contactMessage.updateMany({
    where: { id, mailedAt: null },
    data: data[outcome],
  });
}

const nil = "00000000-0000-0000-0000-000000000000";
