import { database } from "#lib/db.ts";
import { notify } from "#lib/notifications/outbox.ts";

const atOnce = 50;

interface NewApproval {
  orgId: string;
  orgSlug: string;
  id: string;
  agent: string;
  server: string;
  serverName: string;
  tool: string;
  category: string | null;
  riskClass: string | null;
  rule: string;
  reason: string | null;
  message: string | null;
  expiresAt: Date;
  waits: boolean;
}

/**
 * Tells the orgs' channels of requests that nobody was told of yet (no tenant: the proxy's side).
 * Admission only inserts the request, so a call never waits for this; of two proxies that announce
 * the same request, the outbox keeps one.
 *
 * @returns how many requests were looked at
 */
export async function announceApprovals(): Promise<number> {
  const found = await database().$queryRaw<NewApproval[]>`
    select p.org_id as "orgId", o.slug as "orgSlug", p.id, a.name as agent, s.slug as server,
      s.name as "serverName", p.tool, p.rule, p.reason,
      coalesce(t.override_category, t.category) as category,
      coalesce(t.override_risk_class, t.risk_class) as "riskClass",
      p.options ->> 'message' as message, p.expires_at as "expiresAt",
      p.state = 'pending' and p.expires_at > now() as waits
    from approvals p
    join orgs o on o.id = p.org_id
    join agents a on a.org_id = p.org_id and a.id = p.agent_id
    join servers s on s.org_id = p.org_id and s.id = p.server_id
    left join tools t on t.org_id = p.org_id and t.server_id = p.server_id and t.name = p.tool
    where p.announced_at is null
    order by p.requested_at
    limit ${atOnce}`;
  for (const approval of found) {
    if (approval.waits) await database().$transaction((transaction) => tell(transaction, approval));
    // Apart from the outbox: the request's row is locked for this statement only.
    await database().$executeRaw`
      update approvals set announced_at = now()
      where org_id = ${approval.orgId}::uuid and id = ${approval.id}::uuid`;
  }
  return found.length;
}

function tell(transaction: Parameters<typeof notify>[0], approval: NewApproval): Promise<number> {
  const { orgId, orgSlug, id, agent, server, serverName, tool, rule, reason, message } = approval;
  const { category, riskClass, expiresAt } = approval;
  const facts = [
    riskClass && `Risk: ${riskClass}${category ? `, ${category}` : ""}`,
    `Rule: ${rule}${reason ? ` (${reason})` : ""}`,
    message && `For the approver: ${message}`,
    `Decide before ${expiresAt.toISOString().slice(0, 16).replace("T", " ")} UTC. The complete arguments are on the page.`,
  ];
  return notify(transaction, {
    orgId,
    event: "approval.requested",
    dedupe: `approval.requested ${id}`,
    title: `${shown(agent)} asks to run ${shown(tool)} on ${shown(serverName)}`,
    text: facts.filter(Boolean).map(String).map(shown).join("\n"),
    link: `/orgs/${orgSlug}/approvals/${id}`,
    data: {
      approvalId: id,
      agent,
      server,
      tool,
      rule,
      riskClass,
      expiresAt: expiresAt.toISOString(),
    },
  });
}

/** Names come from servers and agents: nothing in them may break out of its line. */
function shown(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "\u{fffd}");
}
