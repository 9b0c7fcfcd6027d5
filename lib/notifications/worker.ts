import { database } from "#lib/db.ts";

/** A delivery that this proxy, and no other, makes; still sealed. */
export interface ClaimedDelivery {
  orgId: string;
  orgSlug: string;
  orgName: string;
  id: string;
  channelId: string;
  /** `webhook`, `slack` or `email`. */
  kind: string;
  enabled: boolean;
  recipients: string[];
  sealedUrl: string | null;
  sealedSecret: string | null;
  event: string;
  title: string;
  text: string;
  /** A path of the dashboard. */
  link: string;
  data: unknown;
  createdAt: Date;
  /** This one included. */
  attempts: number;
}

/** What came of one attempt. A `permanent` failure is not tried again. */
export type Attempt =
  | { ok: true; httpStatus: number | null }
  | { ok: false; httpStatus: number | null; error: string; permanent: boolean };

/** Seconds to wait after the first, second … failed attempt; five attempts in about an hour. */
export const retryAfterSeconds = [30, 120, 600, 2_700] as const;
/** A delivery whose proxy died is another's after this long; longer than any attempt takes. */
const leaseSeconds = 60;

/** Deliveries of one org under way at once. */
const mostPerOrg = 4;

/**
 * Takes what is due (no tenant: the proxy's side): a first one of each org before a second of any, the
 * longest waiting first. One at a time for each channel and a few for each org, so that those which hang
 * hold up nobody else.
 */
export function claimDeliveries(most: number): Promise<ClaimedDelivery[]> {
  return database().$queryRaw<ClaimedDelivery[]>`
    with due as (
      select distinct on (d.org_id, d.channel_id) d.org_id, d.id, d.next_at
      from notification_deliveries d
      where d.state in ('queued', 'sending') and d.next_at <= now() and not exists (
        select 1 from notification_deliveries b
        where b.org_id = d.org_id and b.channel_id = d.channel_id and b.state = 'sending'
          and b.next_at > now())
      order by d.org_id, d.channel_id, d.next_at, d.id
    ), busy as (
      select org_id, count(*) as deliveries from notification_deliveries
      where state = 'sending' and next_at > now()
      group by org_id
    ), turns as (
      select due.*, coalesce(busy.deliveries, 0)
        + row_number() over (partition by due.org_id order by due.next_at, due.id) as turn
      from due left join busy on busy.org_id = due.org_id
    ), mine as (
      select d.org_id, d.id from notification_deliveries d
      join turns on turns.org_id = d.org_id and turns.id = d.id
      where d.state in ('queued', 'sending') and d.next_at <= now() and turns.turn <= ${mostPerOrg}::int
      order by turns.turn, turns.next_at
      limit ${most}::int
      for update of d skip locked
    )
    update notification_deliveries d
    set state = 'sending', attempts = d.attempts + 1,
      next_at = now() + make_interval(secs => ${leaseSeconds}::int)
    from mine, notification_channels c, orgs o
    where d.org_id = mine.org_id and d.id = mine.id
      and c.org_id = d.org_id and c.id = d.channel_id and o.id = d.org_id
    returning d.org_id as "orgId", o.slug as "orgSlug", o.name as "orgName", d.id,
      d.channel_id as "channelId", c.kind, c.enabled, c.recipients, c.sealed_url as "sealedUrl",
      c.sealed_secret as "sealedSecret", d.event, d.title, d.text, d.link, d.data,
      d.created_at as "createdAt", d.attempts`;
}

/** Writes what came of an attempt; nothing happens when another proxy has taken the delivery over. */
export async function finishDelivery(
  { orgId, id, attempts, event }: ClaimedDelivery,
  attempt: Attempt,
): Promise<void> {
  // Whoever sends a test message waits for its result.
  const wait = event === "channel.test" ? undefined : retryAfterSeconds[attempts - 1];
  const retries = !attempt.ok && !attempt.permanent && wait !== undefined;
  const state = attempt.ok ? "delivered" : retries ? "queued" : "failed";
  const error = attempt.ok ? null : attempt.error.slice(0, 500);
  await database().$executeRaw`
    update notification_deliveries
    set state = ${state}, http_status = ${attempt.httpStatus}::int, error = ${error},
      next_at = now() + make_interval(secs => ${wait ?? 0}::int),
      finished_at = case when ${retries} then null else now() end
    where org_id = ${orgId}::uuid and id = ${id}::uuid and state = 'sending' and attempts = ${attempts}::int`;
}
