import { classifyTool } from "#lib/catalog/classify.ts";
import type { Transaction } from "#lib/db.ts";
import { AppError } from "#lib/errors.ts";
import { type CaseResult, type PolicyCase, runCases } from "#lib/policy/cases.ts";
import type { PolicyDocument } from "#lib/policy/document.ts";
import type { ToolFacts } from "#lib/policy/types.ts";
import { factsOf } from "#lib/tools/facts.ts";

/**
 * Decides cases with the tools that a server has on record; a tool it does not have is classified
 * by its name alone.
 */
export async function runStoredCases(
  client: Pick<Transaction, "tool">,
  orgId: string,
  serverId: string,
  document: PolicyDocument,
  cases: readonly PolicyCase[],
): Promise<CaseResult[]> {
  const names = [...new Set(cases.map(({ tool }) => tool))];
  const stored =
    names.length === 0
      ? []
      : await client.tool.findMany({ where: { orgId, serverId, name: { in: names } } });
  const facts = new Map(stored.map((tool) => [tool.name, factsOf(tool)]));
  return runCases(document, cases, (name) => facts.get(name) ?? guessFacts(name));
}

/** What is likely of a tool of which nothing but the name is known. */
export function guessFacts(name: string): ToolFacts {
  const { category, riskClass } = classifyTool({ name }, { trustedAnnotations: false });
  return { name, category, riskClass };
}

/** @throws AppError `invalid_input` naming each case that ends otherwise than its author expects */
export async function requireCases(
  transaction: Transaction,
  orgId: string,
  serverId: string,
  document: PolicyDocument,
  cases: readonly PolicyCase[],
): Promise<void> {
  const results = await runStoredCases(transaction, orgId, serverId, document, cases);
  const failed = results.filter(({ ok }) => !ok);
  if (failed.length === 0) return;
  const messages = failed.map(
    ({ name, expected, actual, explanation }) =>
      `The case “${name}” expects ${expected}, but this policy decides ${actual}: ${explanation}`,
  );
  const shown = messages.slice(0, 20);
  const left = messages.length - shown.length;
  throw new AppError(
    "invalid_input",
    `This would break ${messages.length === 1 ? "a case" : `${messages.length} cases`} of the policy. ${shown.join(" ")}` +
      `${left > 0 ? ` And ${left} more.` : ""} Change the policy, or change or remove the case in the same save.`,
    { fields: { cases: messages } },
  );
}
