import type { OrgContext } from "#lib/auth/context.ts";
import { requirePermission } from "#lib/auth/permissions.ts";
import { database, type Transaction } from "#lib/db.ts";
import { AppError } from "#lib/errors.ts";
import { parseInput } from "#lib/input.ts";
import { storedCases } from "#lib/policy/cases.ts";
import { findServer } from "#lib/servers/find.ts";
import { savePolicy } from "./change.ts";
import { diffLines } from "./diff.ts";
import { DiffPolicyVersions, RestorePolicyVersion } from "./schema.ts";
import { storedDocument, storedText } from "./stored.ts";

/** How one version differs from another, line by line. @throws AppError `not_found` */
export async function diffPolicyVersions(
  context: OrgContext,
  input: unknown,
): Promise<{ diff: string; changed: boolean }> {
  requirePermission(context, "servers.read");
  const { server, from, to } = parseInput(DiffPolicyVersions, input);
  const { policyId } = await findServer(context, server);
  const [before, after] = await Promise.all(
    [from, to].map((version) => findVersion(context, server, policyId, version)),
  );
  const diff = diffLines(storedText(before?.document), storedText(after?.document));
  return { diff, changed: diff !== "" };
}

/**
 * Makes an earlier version the policy again, as a new version; it holds from this commit on. The
 * tests in force have to hold, or go back to that version's with `withCases`.
 *
 * @throws AppError `not_found`; `invalid_input` naming each case that would break
 */
export async function restorePolicyVersion(
  context: OrgContext,
  input: unknown,
): Promise<{ version: number }> {
  requirePermission(context, "rules.write");
  const { server, version, withCases } = parseInput(RestorePolicyVersion, input);
  const { policyId } = await findServer(context, server);
  const stored = await findVersion(context, server, policyId, version);
  const saved = await savePolicy(context, server, {
    edit: async () => storedDocument(stored.document),
    note: `Version ${version} restored`,
    ...(withCases && { cases: storedCases(stored.cases) }),
    entry: { action: "policy.restore", detail: { restored: version } },
  });
  return { version: saved.version };
}

async function findVersion(
  context: OrgContext,
  server: string,
  policyId: string,
  version: number,
  client: Transaction = database(),
) {
  const found = await client.policyVersion.findUnique({
    where: { orgId_policyId_version: { orgId: context.org.id, policyId, version } },
  });
  if (found) return found;
  throw new AppError(
    "not_found",
    `The policy of ${server} has no version ${version}. The list of versions shows the numbers.`,
  );
}
