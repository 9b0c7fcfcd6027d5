import { actorId, type OrgContext } from "#lib/auth/context.ts";
import { hasPermission } from "#lib/auth/permissions.ts";
import type { Transaction } from "#lib/db.ts";
import type { ApprovalOptions } from "#lib/policy/types.ts";
import { authorOf } from "#lib/rules/author.ts";
import { readOptions } from "./options.ts";
import type { ApprovalRow } from "./rows.ts";
import { lastEditOf } from "./rule-editor.ts";

/** How somebody stands to a request that waits. */
export interface Standing {
  /** Why this person may not approve it, as a sentence; null when they may. */
  obstacle: string | null;
  /** Approving takes a sign-in of the last five minutes, and theirs is older. */
  needsSignIn: boolean;
  /** How they voted already. */
  voted: "approve" | "deny" | null;
}

/** A sign-in counts as fresh for this long. */
export const freshMinutes = 5;

/** What the request's options, and its danger, ask of whoever approves it. */
export async function standingOf(
  client: Transaction,
  context: OrgContext,
  approval: ApprovalRow,
): Promise<Standing> {
  const [vote] = await client.$queryRaw<{ decision: "approve" | "deny" }[]>`
    select decision from approval_votes
    where org_id = ${context.org.id}::uuid and approval_id = ${approval.id}::uuid
      and voter = ${actorId(context.actor)}`;
  return {
    obstacle: await obstacleOf(client, context, approval),
    needsSignIn: !isFresh(context) && needsFreshSignIn(approval),
    voted: vote?.decision ?? null,
  };
}

async function obstacleOf(
  client: Transaction,
  context: OrgContext,
  approval: ApprovalRow,
): Promise<string | null> {
  if (!hasPermission(context.role, "approvals.decide")) {
    return "Your role may not decide. Ask an owner, an admin or a policy manager.";
  }
  const [stored] = await client.$queryRaw<StoredRequest[]>`
    select p.options, p.rule, p.policy_version as "policyVersion",
      coalesce(p.policy_id, g.policy_id, s.policy_id) as "policyId",
      array_remove(array_prepend(a.created_by, array(
        select t.created_by from agent_tokens t
        where t.org_id = p.org_id and t.agent_id = p.agent_id and t.revoked_at is null)), null) as requesters
    from approvals p
    join agents a on a.org_id = p.org_id and a.id = p.agent_id
    join servers s on s.org_id = p.org_id and s.id = p.server_id
    left join grants g on g.org_id = p.org_id and g.agent_id = p.agent_id and g.server_id = p.server_id
    where p.org_id = ${context.org.id}::uuid and p.id = ${approval.id}::uuid`;
  const options = stored && readOptions(stored.options);
  if (!options) {
    return "What the rule asks of approvers cannot be read any more. Deny the call; the agent can ask again.";
  }
  if (options.approvers && !isNamed(context, options.approvers)) {
    const { roles = [], members = [] } = options.approvers;
    const named = [...roles.map((role) => role.replace("_", " ")), ...members].join(", ");
    return `The rule lets only these approve: ${named}.`;
  }
  if (
    options.exclude?.includes("requester") &&
    stored.requesters.includes(actorId(context.actor))
  ) {
    return `You answer for ${approval.agent}: you created it or issued its token. The rule asks for somebody else.`;
  }
  if (options.exclude?.includes("editor")) {
    const edit = await lastEditOf(client, context.org.id, stored);
    if (edit === null || isAuthor(context, edit.author)) {
      const version = edit === null ? "" : `, in version ${edit.version}`;
      return `You last changed the rule ${stored.rule}${version}. It asks for somebody else.`;
    }
  }
  return null;
}

interface StoredRequest {
  options: unknown;
  rule: string;
  policyVersion: number;
  policyId: string;
  requesters: string[];
}

/** Whether the person signed in moments ago; the operator holds the machine, which is more. */
function isFresh({ actor, signedInAt }: OrgContext): boolean {
  if (actor.kind !== "user") return true;
  return signedInAt !== undefined && Date.now() - signedInAt.getTime() < freshMinutes * 60_000;
}

/** A tool whose danger is not known counts as the most dangerous. */
function needsFreshSignIn({ riskClass }: ApprovalRow): boolean {
  return riskClass !== "low" && riskClass !== "medium" && riskClass !== "high";
}

function isNamed(
  { role, actor }: OrgContext,
  { roles, members }: NonNullable<ApprovalOptions["approvers"]>,
): boolean {
  if (roles?.includes(role)) return true;
  return actor.kind === "user" && members?.includes(actor.email.toLowerCase()) === true;
}

/** By id: a person may have had another name when they saved the rule. */
function isAuthor({ actor }: OrgContext, stored: string): boolean {
  const id = actorId(actor);
  return stored === authorOf(actor) || (actor.kind === "user" && stored.startsWith(`${id} `));
}
