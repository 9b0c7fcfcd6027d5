import { randomBytes } from "node:crypto";
import { database } from "#lib/db.ts";
import { digestOf } from "./sign-in-links.ts";

/** A link to mail, with its token: the only place where it stands. */
export interface LinkToMail {
  id: string;
  email: string;
  token: string;
  /** There is no finished account of the address. */
  isNew: boolean;
}

/** What came of a mail: `refused` is for good, `later` may be tried again. */
export type MailOutcome = "mailed" | "refused" | "later";

/** A mail whose worker died is another's after this long; a mail takes seconds. */
const leaseSeconds = 60;

/**
 * Takes the next link that waits to be mailed and gives it a token, of which only the digest is stored (no
 * tenant: the proxy's side). Of several workers one gets each link; when that one dies it is mailed again,
 * with another token, once a minute at most and for the hour since it was asked for.
 *
 * @param after the link before, so that one that cannot be mailed keeps no other waiting
 */
export async function claimLinkToMail(after: LinkToMail | null): Promise<LinkToMail | null> {
  const token = randomBytes(32).toString("base64url");
  const [link] = await database().$queryRaw<Omit<LinkToMail, "token">[]>`
    update sign_in_links set
      claimed_until = now() + make_interval(secs => ${leaseSeconds}::int),
      token_digest = ${digestOf(token)}
    where id = (
      select id from sign_in_links
      where mailed_at is null and expires_at > now() and id > ${after?.id ?? nil}::uuid
        and (claimed_until is null or claimed_until <= now())
      order by id limit 1 for update skip locked
    )
    returning id, email, not exists (
      select 1 from users u where u.email = sign_in_links.email and u.email_verified_at is not null
    ) as "isNew"`;
  return link ? { ...link, token } : null;
}

/**
 * Notes what came of a mail; nothing when another worker has taken the link over. One that was mailed works
 * for an hour from now on, and the links of the mails before it do not any more.
 */
export async function finishLinkToMail(link: LinkToMail, outcome: MailOutcome): Promise<void> {
  const { id, email, token } = link;
  const mine = { id, tokenDigest: digestOf(token), mailedAt: null };
  switch (outcome) {
    case "later":
      await database().signInLink.updateMany({
        where: mine,
        data: { claimedUntil: null, tokenDigest: null },
      });
      return;
    case "refused":
      await database().signInLink.updateMany({ where: mine, data: { expiresAt: new Date() } });
      return;
    case "mailed":
      await database().$transaction(async (transaction) => {
        // Of two that are mailed at once, one ends the other, never each the other.
        await transaction.$executeRaw`
          select pg_advisory_xact_lock(hashtext('callgate.sign-in-links'), hashtext(${email}))`;
        const taken = await transaction.$executeRaw`
          update sign_in_links set mailed_at = now(), expires_at = now() + interval '1 hour'
          where id = ${id}::uuid and token_digest = ${mine.tokenDigest}`;
        if (taken === 0) return;
        await transaction.$executeRaw`
          update sign_in_links set expires_at = now()
          where email = ${email} and id <> ${id}::uuid and mailed_at is not null
            and used_at is null and expires_at > now()`;
      });
  }
}

const nil = "00000000-0000-0000-0000-000000000000";
