import type { OrgContext } from "#lib/auth/context.ts";
import { requirePermission } from "#lib/auth/permissions.ts";
import { database } from "#lib/db.ts";
import { parseInput } from "#lib/input.ts";
import type { RefusalReason } from "#lib/policy/refusal-reasons.ts";
import { agentIdOf } from "./find.ts";
import { AgentRef } from "./schema.ts";

/** What an agent has sent to one server that was refused for one reason, over the last 7 days. */
export interface RefusedRequestsRow {
  reason: RefusalReason;
  /** Null: at the address of all servers, or of a server that the agent may not use. */
  server: string | null;
  requests: number;
  firstAt: Date;
  lastAt: Date;
  /** The last refusal as the agent got it. */
  message: string;
}

/**
 * The agent's requests of the last 7 days that were refused before a rule judged them as a call, so that
 * the record of calls does not have them; the latest first.
 * @throws AppError `not_found`
 */
export async function listRefusedRequests(
  context: OrgContext,
  input: AgentRef,
): Promise<RefusedRequestsRow[]> {
  requirePermission(context, "calls.read");
  const { agent: name } = parseInput(AgentRef, input);
  const orgId = context.org.id;
  const agentId = await agentIdOf(context, name);
  return database().$queryRaw<RefusedRequestsRow[]>`
    select r.reason, s.slug as server, sum(r.requests)::float8 as requests, min(r.first_at) as "firstAt",
      max(r.last_at) as "lastAt", (array_agg(r.message order by r.last_at desc))[1] as message
    from refused_requests r
    left join servers s on s.org_id = r.org_id and s.id = r.server_id
    where r.org_id = ${orgId}::uuid and r.agent_id = ${agentId}::uuid
      and r.hour > now() - interval '7 days'
    group by r.reason, s.slug
    order by "lastAt" desc, r.reason, s.slug`;
}
