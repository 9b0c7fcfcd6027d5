import type { Pool } from "pg";

/**
 * Whether anything waits that a proxy does apart from calls: jobs, requests nobody was told of,
 * deliveries that are due (no tenant: the proxy's side).
 * @param mail whether there is a mail server for messages of the contact page and sign-in links
 */
export async function isWorkWaiting(pool: Pool, mail: boolean): Promise<boolean> {
  const { rows } = await pool.query<{ waits: boolean }>(
    `select exists (select 1 from jobs where state in ('queued', 'running'))
      or exists (select 1 from approvals where announced_at is null)
      or exists (select 1 from notification_deliveries
        where state in ('queued', 'sending') and next_at <= now())
      or $1 and exists (select 1 from contact_messages
        where mailed_at is null and (claimed_until is null or claimed_until <= now()))
      or $1 and exists (select 1 from sign_in_links
        where mailed_at is null and expires_at > now()
          and (claimed_until is null or claimed_until <= now()))
      as waits`,
    [mail],
  );
  return rows[0]?.waits ?? false;
}
