import canonicalize from "canonicalize";
import { voidApprovals } from "#lib/approvals/void.ts";
import type { AuditEntry } from "#lib/audit/change.ts";
import { changeOrg } from "#lib/audit/change.ts";
import type { OrgContext } from "#lib/auth/context.ts";
import type { Transaction } from "#lib/db.ts";
import { AppError } from "#lib/errors.ts";
import { type PolicyCase, storedCases } from "#lib/policy/cases.ts";
import type { PolicyDocument } from "#lib/policy/document.ts";
import { formatPolicy } from "#lib/policy/format.ts";
import { type PolicyProblem, parsePolicyValue } from "#lib/policy/parse.ts";
import { findServer } from "#lib/servers/find.ts";
import { isStorable } from "#lib/tools/storable.ts";
import { authorOf } from "./author.ts";
import { requireCases } from "./run-cases.ts";
import { storedDocument, storedText } from "./stored.ts";

export interface PolicyChange {
  /** The document wanted, from the one in force. */
  edit: (
    current: PolicyDocument,
    serverId: string,
    transaction: Transaction,
  ) => Promise<PolicyDocument>;
  note: string;
  /** The tests that the version keeps from now on; those of the version in force when absent. */
  cases?: readonly PolicyCase[];
  /** The version that was edited, when the change replaces all of it. */
  base?: number;
  entry: Pick<AuditEntry, "action" | "detail">;
}

/** The version in force after a change, and its document. */
export interface ChangedPolicy {
  version: number;
  document: PolicyDocument;
  serverId: string;
}

/**
 * Saves a new version of a server's policy and makes every server under it stale. Saves wait for each
 * other, so each edits what the one before it wrote. A document equal to the one in force is no save;
 * with other cases it is a version that the earlier one goes on deciding for, and voids nothing.
 *
 * @throws AppError `invalid_input` when the edited document breaks a rule of policies, or a case;
 *   `conflict` when another version than `base` is in force
 */
export function savePolicy(
  context: OrgContext,
  slug: string,
  { edit, note, cases: newCases, base, entry }: PolicyChange,
): Promise<ChangedPolicy> {
  const orgId = context.org.id;
  return changeOrg(context, "gate", async (transaction, audit) => {
    const server = await findServer(context, slug, transaction);
    const current = await lockPolicy(transaction, orgId, server.policyId);
    if (base !== undefined && base !== current.version) {
      throw new AppError(
        "conflict",
        `Version ${current.version} was saved since version ${base} was read. Compare the two, then save again.`,
      );
    }
    const edited = await edit(storedDocument(current.document), server.id, transaction);
    const parsed = parsePolicyValue(edited);
    if (!parsed.ok) throw refusePolicy(parsed.errors, "rule");
    const { document } = parsed;
    if (!isStorable(document)) {
      throw new AppError(
        "invalid_input",
        "This policy holds characters that cannot be stored. Remove NUL and broken Unicode.",
      );
    }
    const cases = newCases ?? storedCases(current.cases);
    const sameCases = sameJson(cases, storedCases(current.cases));
    const sameDocument = formatPolicy(document, "yaml") === storedText(current.document);
    if (sameDocument && sameCases) {
      return { version: current.version, document, serverId: server.id };
    }
    await requireCases(transaction, orgId, server.id, document, cases);
    const version = current.version + 1;
    await transaction.policyVersion.create({
      data: {
        orgId,
        policyId: server.policyId,
        version,
        // Through text, because a document of `exactOptional` fields is JSON without saying so.
        document: JSON.parse(JSON.stringify(document)),
        cases: JSON.parse(JSON.stringify(cases)),
        author: authorOf(context.actor),
        note,
        ...(sameDocument && { decidesAs: current.decidesAs ?? current.version }),
      },
    });
    await transaction.policy.update({
      where: { orgId_id: { orgId, id: server.policyId } },
      data: { version },
    });
    if (!sameDocument) {
      await makeStale(transaction, orgId, server.policyId);
      await voidApprovals(transaction, orgId, { policyId: server.policyId });
    }
    await audit({
      action: entry.action,
      subject: { kind: "server", id: server.id, name: slug },
      detail: { ...entry.detail, version },
    });
    return { version, document, serverId: server.id };
  });
}

/** Equal whatever the order of keys: the database keeps them in one of its own. */
export function sameJson(left: unknown, right: unknown): boolean {
  return canonicalize(left) === canonicalize(right);
}

/** Every server that this policy decides for, by default or by a grant, gets a new revision. */
export async function makeStale(
  transaction: Transaction,
  orgId: string,
  policyId: string,
): Promise<void> {
  await transaction.$executeRaw`
    update servers set revision = revision + 1
    where org_id = ${orgId}::uuid and (policy_id = ${policyId}::uuid or id in (
      select server_id from grants where org_id = ${orgId}::uuid and policy_id = ${policyId}::uuid))`;
}

/** All problems at once, with their places. */
export function refusePolicy(errors: readonly PolicyProblem[], field: string): AppError {
  const messages = errors.map(({ path, line, column, message }) => {
    const place = line === null ? "" : `Line ${line}, column ${column ?? 1}: `;
    return `${place}${path === "" ? "" : `${path}: `}${message}`;
  });
  return new AppError("invalid_input", `This policy cannot be used. ${messages.join(" ")}`, {
    fields: { [field]: messages },
  });
}

async function lockPolicy(transaction: Transaction, orgId: string, policyId: string) {
  await transaction.$queryRaw`
    select 1 from policies where org_id = ${orgId}::uuid and id = ${policyId}::uuid for update`;
  const policy = await transaction.policy.findUniqueOrThrow({
    where: { orgId_id: { orgId, id: policyId } },
  });
  return transaction.policyVersion.findUniqueOrThrow({
    where: { orgId_policyId_version: { orgId, policyId, version: policy.version } },
  });
}
