import { callFloor } from "#lib/calls/floor.ts";
import { database } from "#lib/db.ts";
import type { Ending } from "#lib/policy/replay/simulate.ts";

/** A call as it was recorded, for asking what another policy would have made of it. */
export interface RecordedCall {
  id: string;
  at: Date;
  agentId: string;
  agent: string;
  tokenId: string;
  sessionId: string | null;
  method: string;
  tool: string;
  decision: string;
  observed: boolean;
  approvalId: string | null;
  /** Only for tools that were asked for. */
  shape: unknown;
}

/** Looking at more takes longer than anybody waits. */
export const mostCalls = 20_000;
/** Agents can ask for names that do not exist; a server has far fewer that do. */
const mostNames = 2_000;

/**
 * The calls that one policy decided among a server's newest {@link mostCalls} since an instant, newest
 * first. The counted hours say where the newest begin; then names, each by a step in the index; then
 * the ids of each name's newest, from the index alone; then those rows: the cost does not grow with
 * other servers' calls, nor with older ones.
 */
export async function readRecorded(
  ids: { orgId: string; serverId: string; policyId: string },
  since: Date,
  toolsWithShape: readonly string[],
): Promise<{ calls: RecordedCall[]; isComplete: boolean }> {
  const { orgId, serverId, policyId } = ids;
  const floor = callFloor(since);
  // One JSON text: as rows or values, ten thousand calls would cost more to take apart than to replay.
  const [answer] = await database().$queryRaw<{ calls: string | null; found: number }[]>`
    with recursive start(id) as materialized (
      select greatest(${floor}::uuid, (
        select uuid_v7_floor(h.hour) from (
          select hour, sum(sum(calls)) over (order by hour desc) as total from call_hours
          where org_id = ${orgId}::uuid and server_id = ${serverId}::uuid
            and hour >= date_trunc('hour', ${since}::timestamptz, 'UTC')
          group by hour
        ) h
        where h.total > ${mostCalls} order by h.hour desc limit 1))
    ), names(tool, place) as (
      (select min(tool), 1 from calls where org_id = ${orgId}::uuid and server_id = ${serverId}::uuid)
      union all
      select (select min(c.tool) from calls c
        where c.org_id = ${orgId}::uuid and c.server_id = ${serverId}::uuid and c.tool > n.tool), n.place + 1
      from names n where n.tool is not null and n.place < ${mostNames}
    ), newest as materialized (
      select l.id from names n cross join lateral (
        select c.id from calls c
        where c.org_id = ${orgId}::uuid and c.server_id = ${serverId}::uuid and c.tool = n.tool
          and c.id >= (select id from start)
        order by c.id desc limit ${mostCalls + 1}
      ) l
      where n.tool is not null
      order by l.id desc limit ${mostCalls + 1}
    )
    select (select count(*)::int from newest) as found, json_agg(json_build_array(
      c.id, floor(extract(epoch from c.at) * 1000), c.agent_id, c.token_id, c.session_id, c.method, c.tool,
      c.decision, c.observed, c.approval_id,
      case when c.tool = any(${toolsWithShape}::text[]) then c.argument_shape end))::text as calls
    from (select id from newest order by id desc limit ${mostCalls}) n
    join calls c on c.org_id = ${orgId}::uuid and c.id = n.id
    where c.policy_id = ${policyId}::uuid`;
  const found: RecordedTuple[] = JSON.parse(answer?.calls ?? "[]");
  // Here, because Postgres would sort whole rows, on disk; ids have one length and case.
  found.sort(([left], [right]) => (left < right ? 1 : -1));
  const agents = await database().agent.findMany({
    where: { orgId, id: { in: [...new Set(found.map(([, , agentId]) => agentId))] } },
    select: { id: true, name: true },
  });
  const names = new Map(agents.map(({ id, name }) => [id, name]));
  return {
    calls: found.map((tuple) => toCall(tuple, names)),
    isComplete: (answer?.found ?? 0) <= mostCalls,
  };
}

/** In the order of the query. */
type RecordedTuple = [
  id: string,
  at: number,
  agentId: string,
  tokenId: string,
  sessionId: string | null,
  method: string,
  tool: string,
  decision: string,
  observed: boolean,
  approvalId: string | null,
  shape: unknown,
];

function toCall(tuple: RecordedTuple, names: ReadonlyMap<string, string>): RecordedCall {
  const [id, at, agentId, tokenId, sessionId, method, tool, decision, ...rest] = tuple;
  const [observed, approvalId, shape] = rest;
  const agent = names.get(agentId) ?? "deleted agent";
  const whose = { agentId, agent, tokenId, sessionId };
  return { id, at: new Date(at), ...whose, method, tool, decision, observed, approvalId, shape };
}

/**
 * What a call came to. Under a policy that observes, everything was forwarded; a call that went
 * through because a person approved it was held first.
 */
export function endingOf({ decision, observed, approvalId }: RecordedCall): Ending {
  return observed ? "allow" : decidedAs(decision, approvalId);
}

/** What the policy decided, whether or not it only observed. */
export function decidedAs(decision: string, approvalId: string | null): Ending {
  switch (decision) {
    case "allowed":
      return approvalId === null ? "allow" : "approve";
    case "limited":
      return "limit";
    case "approval":
      return "approve";
    case "hidden":
      return "hide";
    default:
      return "deny";
  }
}
