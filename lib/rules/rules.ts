import { changeOrg } from "#lib/audit/change.ts";
import type { OrgContext } from "#lib/auth/context.ts";
import { requirePermission } from "#lib/auth/permissions.ts";
import { database, type Transaction } from "#lib/db.ts";
import { AppError } from "#lib/errors.ts";
import { parseInput } from "#lib/input.ts";
import { type PolicyCase, storedCases } from "#lib/policy/cases.ts";
import type { PolicyDocument } from "#lib/policy/document.ts";
import { setToolChoice, type ToolChoice } from "#lib/policy/edit.ts";
import { type EffectiveRule, effectiveRule } from "#lib/policy/effective.ts";
import { formatPolicy } from "#lib/policy/format.ts";
import { findServer } from "#lib/servers/find.ts";
import { ServerInput } from "#lib/servers/schema.ts";
import { factsOf } from "#lib/tools/facts.ts";
import { authorName } from "./author.ts";
import { makeStale, sameJson, savePolicy } from "./change.ts";
import { diffLines } from "./diff.ts";
import { parseDraft, readPolicy } from "./read.ts";
import { ApplyPolicy, DiffPolicy, SetPolicyMode, SetToolRules, type ToolRule } from "./schema.ts";
import { storedDocument, storedText } from "./stored.ts";

export interface PolicyVersionRow {
  version: number;
  /** YAML. */
  text: string;
  author: string;
  at: Date;
  note: string;
}

/** A version as the list of versions has it. */
export interface ListedVersionRow extends PolicyVersionRow {
  /** How many cases it keeps. */
  cases: number;
  /** These are others than those in force. */
  hasOtherCases: boolean;
}

/** The version in force. */
export interface PolicyRow extends PolicyVersionRow {
  document: PolicyDocument;
  /** The tests that a save has to keep. */
  cases: PolicyCase[];
  mode: "enforce" | "observe";
}

/** A server's default policy. @throws AppError `not_found` */
export async function getPolicy(context: OrgContext, input: unknown): Promise<PolicyRow> {
  requirePermission(context, "servers.read");
  const { server } = parseInput(ServerInput, input);
  const { policy, version } = await readPolicy(context, server);
  return {
    ...toRow(version),
    document: storedDocument(version.document),
    cases: storedCases(version.cases),
    mode: policy.mode,
  };
}

/** Versions of a server's default policy, latest first, at most 100. */
export async function listPolicyVersions(
  context: OrgContext,
  input: unknown,
): Promise<ListedVersionRow[]> {
  requirePermission(context, "servers.read");
  const { server } = parseInput(ServerInput, input);
  const { policyId } = await findServer(context, server);
  const versions = await database().policyVersion.findMany({
    where: { orgId: context.org.id, policyId },
    orderBy: { version: "desc" },
    take: 100,
  });
  const inForce = storedCases(versions[0]?.cases);
  return versions.map((version) => {
    const cases = storedCases(version.cases);
    return { ...toRow(version), cases: cases.length, hasOtherCases: !sameJson(cases, inForce) };
  });
}

/**
 * Sets one rule for all tools named, as one new version; it holds from this commit on. Rules with
 * conditions stay. People who save at once both keep their change.
 *
 * @returns what now holds for each of these tools
 * @throws AppError `not_found` naming the tools this server does not have
 */
export async function setToolRules(
  context: OrgContext,
  input: unknown,
): Promise<{ version: number; tools: { name: string; rule: EffectiveRule }[] }> {
  requirePermission(context, "rules.write");
  const { server, tools, rule } = parseInput(SetToolRules, input);
  const names = [...new Set(tools)];
  const saved = await savePolicy(context, server, {
    edit: async (document, serverId, transaction) => {
      await requireTools(transaction, context, { id: serverId, slug: server }, names);
      return setToolChoice(document, names, rule && toChoice(rule));
    },
    note: describeChange(names, rule),
    entry: { action: "rule.set", detail: { tools: names, rule } },
  });
  const stored = await database().tool.findMany({
    where: { orgId: context.org.id, serverId: saved.serverId, name: { in: names } },
    select: {
      name: true,
      category: true,
      riskClass: true,
      overrideCategory: true,
      overrideRiskClass: true,
    },
    orderBy: { name: "asc" },
  });
  return {
    version: saved.version,
    tools: stored.map((tool) => ({
      name: tool.name,
      rule: effectiveRule(saved.document, factsOf(tool)),
    })),
  };
}

/**
 * Replaces the whole policy, and with `cases` its tests.
 *
 * @throws AppError `invalid_input`: each problem with its line, or each case that would break;
 *   `conflict` when `base` is given and another version is in force
 */
export async function applyPolicy(
  context: OrgContext,
  input: unknown,
): Promise<{ version: number }> {
  requirePermission(context, "rules.write");
  const { server, text, note, cases, base } = parseInput(ApplyPolicy, input);
  const document = parseDraft(text);
  const { version } = await savePolicy(context, server, {
    edit: async () => document,
    note,
    ...(cases && { cases }),
    ...(base !== undefined && { base }),
    entry: { action: "policy.apply", detail: { note } },
  });
  return { version };
}

/** What applying this text would change in the policy, line by line. Changes nothing. */
export async function diffPolicy(
  context: OrgContext,
  input: unknown,
): Promise<{ diff: string; changed: boolean }> {
  requirePermission(context, "servers.read");
  const { server, text } = parseInput(DiffPolicy, input);
  const { version } = await readPolicy(context, server);
  const diff = diffLines(storedText(version.document), formatPolicy(parseDraft(text), "yaml"));
  return { diff, changed: diff !== "" };
}

/** Observe records what the policy would have decided and refuses nothing; enforce refuses. */
export async function setPolicyMode(
  context: OrgContext,
  input: unknown,
): Promise<{ mode: "enforce" | "observe" }> {
  requirePermission(context, "rules.write");
  const { server: slug, mode } = parseInput(SetPolicyMode, input);
  const orgId = context.org.id;
  return changeOrg(context, "gate", async (transaction, audit) => {
    const { id, policyId } = await findServer(context, slug, transaction);
    await transaction.policy.update({
      where: { orgId_id: { orgId, id: policyId } },
      data: { mode },
    });
    await makeStale(transaction, orgId, policyId);
    const subject = { kind: "server", id, name: slug };
    await audit({ action: "policy.apply", subject, detail: { mode } });
    return { mode };
  });
}

function toRow(stored: {
  version: number;
  document: unknown;
  author: string;
  createdAt: Date;
  note: string;
}): PolicyVersionRow {
  return {
    version: stored.version,
    text: storedText(stored.document),
    author: authorName(stored.author),
    at: stored.createdAt,
    note: stored.note,
  };
}

/** @throws AppError `not_found` naming the tools this server does not have */
export async function requireTools(
  transaction: Transaction,
  context: OrgContext,
  server: { id: string; slug: string },
  names: readonly string[],
): Promise<void> {
  const known = await transaction.tool.findMany({
    where: { orgId: context.org.id, serverId: server.id, name: { in: [...names] } },
    select: { name: true },
  });
  const found = new Set(known.map(({ name }) => name));
  const missing = names.filter((name) => !found.has(name));
  if (missing.length === 0) return;
  throw new AppError(
    "not_found",
    `${server.slug} has no tool ${missing.join(", ")}. Check the name, or read its tools again.`,
  );
}

/** A parsed rule of the tools table as the policy takes it: absent where nothing was said. */
export function toChoice({ choice, rateLimit, reason, approval }: ToolRule): ToolChoice {
  return {
    choice,
    ...(rateLimit && { rateLimit }),
    ...(reason && { reason }),
    ...(approval && { approval }),
  };
}

function describeChange(names: readonly string[], rule: ToolRule | null): string {
  const [first = ""] = names;
  const subject = names.length === 1 ? first : `${names.length} tools`;
  return rule === null ? `${subject}: own rule removed` : `${subject}: ${rule.choice}`;
}
