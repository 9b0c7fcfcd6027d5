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

/**
 * Takes the next link that waits to be mailed and gives it a token, of which only the digest is stored;
 * it works for an hour from now (no tenant: the proxy's side). Of several workers one gets each link.
 *
 * @param after the link before, so that one that cannot be mailed keeps no other waiting
 */
export async function claimLinkToMail(after: LinkToMail | null): Promise<LinkToMail | null> {
  const token = randomBytes(32).toString("base64url");
  const [link] = await database().$queryRaw<Omit<LinkToMail, "token">[]>`
    update sign_in_links set
      mailed_at = now(), token_digest = ${digestOf(token)}, expires_at = now() + interval '1 hour'
    where id = (
      select id from sign_in_links
      where mailed_at is null and expires_at > now() and id > ${after?.id ?? nil}::uuid
      order by id limit 1 for update skip locked
    )
    returning id, email, not exists (
      select 1 from users u where u.email = sign_in_links.email and u.email_verified_at is not null
    ) as "isNew"`;
  return link ? { ...link, token } : null;
}

/** Lets a link wait again that could not be mailed, for the rest of the hour since it was asked for. */
export async function returnLinkToMail({ id }: LinkToMail): Promise<void> {
  await database().$executeRaw`
    update sign_in_links set
      mailed_at = null, token_digest = null, expires_at = created_at + interval '1 hour'
    where id = ${id}::uuid and used_at is null`;
}

const nil = "00000000-0000-0000-0000-000000000000";
