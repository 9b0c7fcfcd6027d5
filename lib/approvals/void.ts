import type { Transaction } from "#lib/db.ts";
import { Prisma } from "#prisma/client.ts";
import { outdatedSql } from "./sweep.ts";

/** What has changed, and with it every open approval that was bound to it. */
export type VoidScope =
  /** A policy has another version. */
  | { policyId: string }
  /** A server's connection changed; with `tools`, only these tools' definitions. */
  | { serverId: string; tools?: readonly string[] }
  /** A server's tools were read again: whatever of its approvals stands no longer. */
  | { outdatedOn: string }
  /** Somebody who approved may no longer decide: `user:<id>`. */
  | { voter: string };

/**
 * Voids the open requests and approvals that a change makes meaningless, in the transaction of that
 * change (no tenant check: its verb's). Admission would not honour them anyway, because each is
 * bound to what it was made for; this tells people and waiting calls so at once.
 *
 * @returns how many
 */
export function voidApprovals(
  transaction: Transaction,
  orgId: string,
  scope: VoidScope,
): Promise<number> {
  return transaction.$executeRaw`
    update approvals p set state = 'void'
    where p.org_id = ${orgId}::uuid and p.state in ('pending', 'approved') and ${conditionOf(scope)}`;
}

/** Whether an open request was made under what no longer holds. */
export async function isOutdated(client: Transaction, orgId: string, id: string): Promise<boolean> {
  const rows = await client.$queryRaw<unknown[]>`
    select 1 from approvals p
    where p.org_id = ${orgId}::uuid and p.id = ${id}::uuid and ${outdated}`;
  return rows.length > 0;
}

const outdated = Prisma.raw(outdatedSql);

function conditionOf(scope: VoidScope): Prisma.Sql {
  if ("policyId" in scope) return Prisma.sql`p.policy_id = ${scope.policyId}::uuid`;
  if ("voter" in scope) {
    return Prisma.sql`exists (
      select 1 from approval_votes v
      where v.org_id = p.org_id and v.approval_id = p.id and v.voter = ${scope.voter}
        and v.decision = 'approve')`;
  }
  if ("outdatedOn" in scope) {
    return Prisma.sql`p.server_id = ${scope.outdatedOn}::uuid and ${outdated}`;
  }
  const server = Prisma.sql`p.server_id = ${scope.serverId}::uuid`;
  return scope.tools === undefined
    ? server
    : Prisma.sql`${server} and p.tool = any(${[...scope.tools]}::text[])`;
}
