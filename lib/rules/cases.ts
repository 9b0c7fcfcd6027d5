import type { OrgContext } from "#lib/auth/context.ts";
import { requirePermission } from "#lib/auth/permissions.ts";
import { database } from "#lib/db.ts";
import { parseInput } from "#lib/input.ts";
import { type CaseResult, storedCases } from "#lib/policy/cases.ts";
import { parseDraft, readPolicy } from "./read.ts";
import { runStoredCases } from "./run-cases.ts";
import { TestPolicy } from "./schema.ts";
import { storedDocument } from "./stored.ts";

export interface TestedPolicy {
  passed: number;
  failed: number;
  cases: CaseResult[];
}

/** Decides the stored cases, or those given, by the policy in force or by a draft. Changes nothing. */
export async function testPolicy(context: OrgContext, input: unknown): Promise<TestedPolicy> {
  requirePermission(context, "servers.read");
  const { server: slug, text, cases } = parseInput(TestPolicy, input);
  const { server, version } = await readPolicy(context, slug);
  const document = text === undefined ? storedDocument(version.document) : parseDraft(text);
  const results = await runStoredCases(
    database(),
    context.org.id,
    server.id,
    document,
    cases ?? storedCases(version.cases),
  );
  const failed = results.filter(({ ok }) => !ok).length;
  return { passed: results.length - failed, failed, cases: results };
}
