import type { AdmissionRequest } from "./admit.ts";
import type { Bound } from "./held-connection.ts";

/** How long an admission's look at token, agent, grant and server counts. */
interface Proof {
  /** The org's standing version, which moves with every change that may end a standing. */
  version: string;
  /** When the token expires, or `infinity`. */
  until: string;
}

const mostProofs = 10_000;

/** What admissions proved, by claim: who calls which server under which revision of it. */
export class Proofs {
  readonly #proofs = new Map<string, Proof>();

  /** The proof of this call's claim, if there is one; whether it still counts, only the database knows. */
  find(request: AdmissionRequest): Proof | undefined {
    return this.#proofs.get(keyOf(request));
  }

  add(request: AdmissionRequest, proof: Proof): void {
    const claim = keyOf(request);
    const oldest = this.#proofs.keys().next();
    if (this.#proofs.size >= mostProofs && !oldest.done) this.#proofs.delete(oldest.value);
    this.#proofs.set(claim, proof);
  }
}

/** All that a proof is about; sessions are looked at each time. */
function keyOf({ orgId, agentId, tokenId, serverId, revision }: AdmissionRequest): string {
  return `${orgId} ${agentId} ${tokenId} ${serverId} ${revision}`;
}

/**
 * Comes before what records: takes the locks of these orgs without waiting, so that a change under way in one of
 * them holds up no other, and notes the orgs that are being changed for {@link busyOrgs}.
 */
export const lockOrgs = {
  name: "lock_orgs_for_admission",
  text: `select set_config('callgate.busy_orgs', coalesce(string_agg(org::text, ','), ''), true)
    from unnest($1::uuid[]) org where not pg_try_advisory_xact_lock_shared(org_lock_key(org))`,
};

/** The orgs whose locks were not to be had, comma-separated; empty: everything may be recorded. */
export const busyOrgs = "current_setting('callgate.busy_orgs')";

// The claim still stands: nothing that it was proved by has changed, and its session is not over.
const stands = `${busyOrgs} = '' and o.id = $1::uuid and o.standing_version = $18::int and clock_timestamp() < $19::timestamptz
  and ($6::uuid is null or exists (
    select 1 from sessions s
    where s.org_id = $1::uuid and s.id = $6::uuid and s.agent_id = $3::uuid and s.server_id = $5::uuid
      and s.ended_at is null))`;

const into = `insert into calls (
    org_id, id, at, agent_id, token_id, server_id, session_id, method, tool, reason, explanation, observed,
    policy_id, policy_version, argument_shape, request_bytes, decision, rule, retry_after_ms)
  select $1::uuid, $2::uuid, clock_timestamp(), $3::uuid, $4::uuid, $5::uuid, $6::uuid, $7::text, $8::text,
    $12::text, $13::text, $10::boolean, $14::uuid, $15::int, $16::jsonb, $17::int`;

const record = {
  name: "record_proved_call",
  text: `${into}, $9::text, $11::text, null from orgs o where ${stands} returning null`,
};

// A claim that no longer stands takes no slot: the slot is asked for by what is found standing, so that no plan
// can ask for it first.
const recordLimited = {
  name: "record_proved_call_limited",
  text: `with standing as materialized (select o.id from orgs o where ${stands})
    ${into}, case when slot.wait is null then $9::text else 'limited' end,
      case when slot.wait is null then $11::text else $23::text end, nullif(slot.wait, -1)
    from standing, lateral take_slot(standing.id, $20::text, $21::int, $22::int) as slot (wait)
    returning decision = 'limited', retry_after_ms`,
};

/**
 * What puts a call on record as `admit_calls` does, if what was proved of its claim still counts; otherwise the
 * last of these statements answers no row and nothing is recorded; so it does while the org is being changed. The
 * lock comes first, so that the other statement sees every change that committed before it. Undefined for a call
 * with approval or several limits.
 */
export function recordProvedCall(request: AdmissionRequest, proof: Proof): Bound[] | undefined {
  const [limit, ...more] = request.limits;
  if (request.approval !== null || more.length > 0) return undefined;
  const values = [
    request.orgId,
    request.callId,
    request.agentId,
    request.tokenId,
    request.serverId,
    request.sessionId,
    request.method,
    request.tool,
    request.decision,
    String(request.observed),
    request.rule,
    request.reason,
    request.explanation,
    request.policyId,
    String(request.policyVersion),
    JSON.stringify(request.argumentShape),
    String(request.requestBytes),
    proof.version,
    proof.until,
  ];
  const first = { statement: lockOrgs, values: [`{${request.orgId}}`] };
  if (limit === undefined) return [first, { statement: record, values }];
  const { key, max, windowSeconds, rule } = limit;
  values.push(key, String(max), String(windowSeconds), rule);
  return [first, { statement: recordLimited, values }];
}
