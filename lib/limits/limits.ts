import { agentIdOf } from "#lib/agents/find.ts";
import { changeOrg } from "#lib/audit/change.ts";
import type { OrgContext } from "#lib/auth/context.ts";
import { requirePermission } from "#lib/auth/permissions.ts";
import { database } from "#lib/db.ts";
import { AppError } from "#lib/errors.ts";
import { parseInput } from "#lib/input.ts";
import { documentLimits } from "#lib/policy/limits.ts";
import type { LimitScope } from "#lib/policy/types.ts";
import { storedDocument } from "#lib/rules/stored.ts";
import { findServer } from "#lib/servers/find.ts";
import { type LimitOwner, type NamedWindow, usersOf, windowsOf } from "./owners.ts";
import { ListLimitUsage, ResetLimit } from "./schema.ts";

/** One limit in use by one owner, as the database's clock sees it. */
export interface LimitUsageRow {
  /** Names this window; for `resetLimit`. */
  key: string;
  /** Where the limit is written: `tools.create_*`, `classes.read`, `all_tools`. */
  target: string;
  rule: string;
  per: LimitScope;
  owner: LimitOwner;
  used: number;
  max: number;
  windowSeconds: number;
  /** When the next call can be admitted, while all slots are taken; null: now. */
  nextFreeAt: Date | null;
}

const mostRows = 500;

/** Every limit of which slots are taken, the fullest first; at most 500. */
export async function listLimitUsage(
  context: OrgContext,
  input: unknown = {},
): Promise<LimitUsageRow[]> {
  requirePermission(context, "servers.read");
  const { server, agent } = parseInput(ListLimitUsage, input);
  const windows = await namedWindows(context, server, agent);
  return readUsage(context.org.id, windows);
}

/**
 * Frees all slots of one window; calls are admitted again from this commit on.
 *
 * @throws AppError `not_found` when the server has no such window in use
 */
export async function resetLimit(context: OrgContext, input: unknown): Promise<{ freed: number }> {
  requirePermission(context, "rules.write");
  const { server: slug, key } = parseInput(ResetLimit, input);
  const windows = await namedWindows(context, slug, undefined);
  const window = windows.find((each) => each.key === key);
  return changeOrg(context, "gate", async (transaction, audit) => {
    const server = await findServer(context, slug, transaction);
    const [usage] = window ? await readUsage(context.org.id, [window]) : [];
    if (window === undefined || usage === undefined) {
      throw new AppError(
        "not_found",
        "No slots of this limit are taken any more. Read its usage again.",
      );
    }
    await transaction.rateWindow.delete({
      where: { orgId_key: { orgId: context.org.id, key } },
    });
    const detail = { rule: usage.rule, per: usage.per, owner: usage.owner.name, freed: usage.used };
    const subject = { kind: "server", id: server.id, name: slug };
    await audit({ action: "limit.reset", subject, detail });
    return { freed: usage.used };
  });
}

async function namedWindows(
  context: OrgContext,
  serverSlug: string | undefined,
  agentName: string | undefined,
): Promise<NamedWindow[]> {
  const orgId = context.org.id;
  const server = serverSlug === undefined ? null : await findServer(context, serverSlug);
  const agent = agentName === undefined ? null : await agentIdOf(context, agentName);
  const filter = {
    ...(server && { serverId: server.id }),
    ...(agent !== null && { agentId: agent }),
  };
  const policies = await policiesOf(orgId, filter);
  const found = await Promise.all(
    policies.map(async ({ id, document }) => {
      const limits = documentLimits(storedDocument(document));
      return limits.length === 0 ? [] : windowsOf(id, limits, await usersOf(context, id, filter));
    }),
  );
  return found.flat();
}

/** The policies that decide calls by these grants, each in its version in force. */
function policiesOf(
  orgId: string,
  { serverId, agentId }: { serverId?: string; agentId?: string },
): Promise<{ id: string; document: unknown }[]> {
  return database().$queryRaw`
    select p.id, v.document from policies p
    join policy_versions v on v.org_id = p.org_id and v.policy_id = p.id and v.version = p.version
    where p.org_id = ${orgId}::uuid and p.id in (
      select coalesce(g.policy_id, s.policy_id) from grants g
      join servers s on s.org_id = g.org_id and s.id = g.server_id
      where g.org_id = ${orgId}::uuid and s.removed_at is null
        and (${serverId ?? null}::uuid is null or g.server_id = ${serverId ?? null}::uuid)
        and (${agentId ?? null}::uuid is null or g.agent_id = ${agentId ?? null}::uuid))`;
}

async function readUsage(orgId: string, windows: readonly NamedWindow[]): Promise<LimitUsageRow[]> {
  if (windows.length === 0) return [];
  const rows = await database().$queryRaw<{ place: number; used: number; free: Date | null }[]>`
    select x.place::int as place, s.total as used,
      case when s.wait_ms > 0 then clock_timestamp() + make_interval(secs => s.wait_ms / 1000.0) end
        as free
    from unnest(
      ${windows.map(({ key }) => key)}::text[], ${windows.map(({ limit }) => limit.max)}::int[],
      ${windows.map(({ limit }) => limit.windowSeconds)}::int[]
    ) with ordinality as x(key, max, seconds, place)
    join rate_windows w on w.org_id = ${orgId}::uuid and w.key = x.key
    cross join lateral window_at(
      row(w.stamps, w.counts, null, w.total)::window_state, x.max, x.seconds, clock_timestamp()) s
    where s.total > 0
    order by s.total::float8 / greatest(x.max, 1) desc, x.place
    limit ${mostRows}`;
  return rows.flatMap(({ place, used, free }) => {
    const window = windows[place - 1];
    if (window === undefined) return [];
    const { key, owner, limit } = window;
    const { target, rule, per, max, windowSeconds } = limit;
    return [{ key, target, rule, per, owner, used, max, windowSeconds, nextFreeAt: free }];
  });
}
