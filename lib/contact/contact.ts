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
  return messages.map(({ createdAt, ...message }) => ({ ...message, at: createdAt }));
}

/**
 * Hands every message that has not been mailed to `mail`, oldest first, and notes that it was (the
 * proxy's side, where mail is sent). Of several proxies one takes each message.
 *
 * @returns how many were mailed
 */
export async function mailMessages(
  mail: (message: ContactMessageRow) => Promise<void>,
): Promise<number> {
  let mailed = 0;
  for (;;) {
    const one = await database().$transaction(async (transaction) => {
      const [next] = await transaction.$queryRaw<ContactMessageRow[]>`
        select id, name, email, message, created_at as at, mailed_at as "mailedAt" from contact_messages
        where mailed_at is null order by id limit 1 for update skip locked`;
      if (!next) return false;
      await mail(next);
      await transaction.contactMessage.update({
        where: { id: next.id },
        data: { mailedAt: new Date() },
      });
      return true;
    });
    if (!one) return mailed;
    mailed += 1;
  }
}
