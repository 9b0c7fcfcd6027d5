import { agentIdOf } from "#lib/agents/find.ts";
import type { OrgContext } from "#lib/auth/context.ts";
import { requirePermission } from "#lib/auth/permissions.ts";
import { database } from "#lib/db.ts";
import { AppError } from "#lib/errors.ts";
import { isId } from "#lib/ids.ts";
import { parseInput } from "#lib/input.ts";
import { findServer } from "#lib/servers/find.ts";
import { Prisma } from "#prisma/client.ts";
import {
  type CallDetail,
  type CallRow,
  detailColumns,
  outcomeConditions,
  rowColumns,
} from "./columns.ts";
import { CallInput, FirstCallOf, ListCalls } from "./schema.ts";

export type { CallDetail, CallRow } from "./columns.ts";

export interface CallPage {
  /** Newest first. */
  calls: CallRow[];
  /** `before` (or `after`) of the next page in the same direction; null at the end. */
  next: string | null;
}

/** The record of calls, by keyset: a page costs the same wherever in the record it lies. */
export async function listCalls(context: OrgContext, input: unknown = {}): Promise<CallPage> {
  requirePermission(context, "calls.read");
  const { limit, before, after, ...facets } = parseInput(ListCalls, input);
  const conditions = [Prisma.sql`c.org_id = ${context.org.id}::uuid`];
  if (before !== undefined) conditions.push(Prisma.sql`c.id < ${before}::uuid`);
  if (after !== undefined) conditions.push(Prisma.sql`c.id > ${after}::uuid`);
  if (facets.agent !== undefined) {
    const agentId = await agentIdOf(context, facets.agent);
    conditions.push(Prisma.sql`c.agent_id = ${agentId}::uuid`);
  }
  if (facets.server !== undefined) {
    const { id } = await findServer(context, facets.server);
    conditions.push(Prisma.sql`c.server_id = ${id}::uuid`);
  }
  if (facets.tool !== undefined) conditions.push(Prisma.sql`c.tool = ${facets.tool}`);
  if (facets.decision !== undefined) {
    conditions.push(Prisma.sql`c.decision = ${facets.decision}`);
    // Said twice for the index of calls that were not simply allowed.
    if (facets.decision !== "allowed") conditions.push(Prisma.sql`c.decision <> 'allowed'`);
  }
  const alternatives =
    facets.outcome === undefined
      ? [{ where: Prisma.sql`true`, since: null }]
      : outcomeConditions(facets.outcome);

  const oldestFirst = after !== undefined;
  const found = await Promise.all(
    alternatives.map(({ where, since }) =>
      readCalls<CallRow>(rowColumns(), [...conditions, where], oldestFirst, limit + 1, since),
    ),
  );
  const inOrder = found.flat().sort((left, right) => (left.id < right.id === oldestFirst ? -1 : 1));
  const calls = inOrder.slice(0, limit);
  const next = inOrder.length > limit ? (calls.at(-1)?.id ?? null) : null;
  return { calls: oldestFirst ? calls.reverse() : calls, next };
}

/** One call with its explanation, never its arguments' values. @throws AppError `not_found` */
export async function getCall(context: OrgContext, input: unknown): Promise<CallDetail> {
  requirePermission(context, "calls.read");
  const { id } = parseInput(CallInput, input);
  const own = Prisma.sql`c.org_id = ${context.org.id}::uuid`;
  const [call] = isId(id)
    ? await readCalls<CallDetail>(detailColumns(), [own, Prisma.sql`c.id = ${id}::uuid`], false, 1)
    : [];
  if (call) return call;
  throw new AppError(
    "not_found",
    "There is no such call in this org's record. Check the id; a decision id is a call's id.",
  );
}

/** The first call an agent ever made; null until then. @throws AppError `not_found` */
export async function firstCallOf(context: OrgContext, input: unknown): Promise<CallRow | null> {
  requirePermission(context, "calls.read");
  const { agent } = parseInput(FirstCallOf, input);
  const agentId = await agentIdOf(context, agent);
  const own = Prisma.sql`c.org_id = ${context.org.id}::uuid`;
  const its = Prisma.sql`c.agent_id = ${agentId}::uuid`;
  const [call] = await readCalls<CallRow>(rowColumns(), [own, its], true, 1);
  return call ?? null;
}

// The page is cut before names are joined, so that joins cost a page and not the record.
function readCalls<Row extends CallRow>(
  columns: Prisma.Sql,
  conditions: Prisma.Sql[],
  oldestFirst: boolean,
  limit: number,
  outcomesSince: Prisma.Sql | null = null,
): Promise<Row[]> {
  const direction = oldestFirst ? Prisma.sql`asc` : Prisma.sql`desc`;
  return database().$queryRaw<Row[]>`
    select ${columns}
    from (
      select c.*, o.outcome, o.detail, o.http_status, o.response_bytes, o.upstream_ms, o.added_ms
      from calls c
      left join call_outcomes o on o.org_id = c.org_id and o.call_id = c.id
        and ${outcomesSince === null ? Prisma.sql`true` : Prisma.sql`o.call_id >= ${outcomesSince}`}
      where ${Prisma.join(conditions, " and ")}
      order by c.id ${direction}
      limit ${limit}
    ) c
    left join agents a on a.org_id = c.org_id and a.id = c.agent_id
    left join servers s on s.org_id = c.org_id and s.id = c.server_id
    order by c.id ${direction}`;
}
