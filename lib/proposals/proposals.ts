import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import type { OrgContext } from "#lib/auth/context.ts";
import { requirePermission } from "#lib/auth/permissions.ts";
import { curatedProposal } from "#lib/catalog/curated.ts";
import { type ProposedLine, proposePolicy } from "#lib/catalog/propose.ts";
import { SIGNALS } from "#lib/catalog/types.ts";
import { database, type Transaction } from "#lib/db.ts";
import { AppError } from "#lib/errors.ts";
import { parseInput } from "#lib/input.ts";
import type { PolicyDocument, Rule } from "#lib/policy/document.ts";
import { type EffectiveRule, effectiveRule } from "#lib/policy/effective.ts";
import { formatPolicy } from "#lib/policy/format.ts";
import { parseToolKey, toolKeyOf } from "#lib/policy/tool-key.ts";
import type { Category, RiskClass } from "#lib/policy/types.ts";
import { savePolicy } from "#lib/rules/change.ts";
import { readPolicy } from "#lib/rules/read.ts";
import { storedDocument } from "#lib/rules/stored.ts";
import { ServerInput } from "#lib/servers/schema.ts";
import { parseDefinition } from "#lib/tools/definition.ts";
import { factsOf } from "#lib/tools/facts.ts";
import { type LinePartDetail, lineDiff } from "./line-diff.ts";
import { AcceptProposal } from "./schema.ts";

/** What is proposed for one tool beside what holds for it. */
export interface ProposedRuleRow {
  tool: string;
  category: Category;
  riskClass: RiskClass;
  /** One sentence: why this rule. */
  reason: string;
  /** `same`: in force already; `add`: the tool has no rule of its own; `replace`: it has another. */
  change: "same" | "add" | "replace";
  /** What calls of it get now. */
  now: EffectiveRule;
  /** The tool's part of the policy, in YAML, line by line. */
  diff: LinePartDetail[];
}

export interface ProposalDetail {
  /** Of the policy in force. */
  version: number;
  /** What is not spoken of is allowed now; the proposal denies it. */
  allowsByDefault: boolean;
  /** Lines that were written by hand for this server. */
  curated: number;
  /** The worst first. */
  lines: ProposedRuleRow[];
  /** Names this proposal against this policy. */
  mark: string;
}

/** A policy to begin with, against the one in force; of the tools that agents may be offered. */
export async function readProposal(context: OrgContext, input: unknown): Promise<ProposalDetail> {
  requirePermission(context, "servers.read");
  const { server: slug } = parseInput(ServerInput, input);
  const { server, version } = await readPolicy(context, slug);
  const current = storedDocument(version.document);
  const proposed = await propose(database(), context.org.id, server.id);
  return {
    version: version.version,
    allowsByDefault: current.default === "allow",
    curated: proposed.curated,
    lines: proposed.lines.map(({ facts, line }) => {
      const before = ownRules(current, line.tool);
      const [old, now] = [ruleText(line.tool, before), ruleText(line.tool, line.rule)];
      return {
        ...facts,
        tool: line.tool,
        reason: line.reason,
        change: old === now ? "same" : old === "" ? "add" : "replace",
        now: effectiveRule(current, facts),
        diff: lineDiff(old, now),
      };
    }),
    mark: markOf(
      current,
      proposed.lines.map(({ line }) => line),
    ),
  };
}

/**
 * Takes lines of the proposal over into the policy, as one new version; what they do not speak of stays.
 *
 * @returns the version in force, and the tools whose rules were set
 * @throws AppError `not_found` naming tools without a line; `conflict` when the proposal or the policy
 *   is not as it was looked at; `invalid_input` naming each case of the policy that would break
 */
export async function acceptProposal(
  context: OrgContext,
  input: unknown,
): Promise<{ version: number; tools: string[] }> {
  requirePermission(context, "rules.write");
  const { server: slug, tools, denyByDefault, seen } = parseInput(AcceptProposal, input);
  const chosen = [...new Set(tools)].sort();
  if (chosen.length === 0 && !denyByDefault) {
    throw new AppError("invalid_input", "Choose at least one line of the proposal.");
  }
  const { version } = await savePolicy(context, slug, {
    edit: async (current, serverId, transaction) => {
      const proposed = await propose(transaction, context.org.id, serverId);
      const lines = proposed.lines.map(({ line }) => line);
      if (seen !== undefined && seen !== markOf(current, lines)) {
        throw new AppError(
          "conflict",
          "The tools or the policy changed since you looked. Reload the proposal and choose again.",
        );
      }
      return withLines(current, lines, chosen, slug, denyByDefault);
    },
    note: "Proposal accepted",
    entry: { action: "policy.proposal", detail: { tools: chosen, denyByDefault } },
  });
  return { version, tools: chosen };
}

function withLines(
  current: PolicyDocument,
  lines: readonly ProposedLine[],
  chosen: readonly string[],
  slug: string,
  denyByDefault: boolean,
): PolicyDocument {
  const proposed = new Map(lines.map(({ tool, rule }) => [tool, rule]));
  const unknown = chosen.filter((tool) => !proposed.has(tool));
  if (unknown.length > 0) {
    throw new AppError("not_found", `Nothing is proposed for ${unknown.join(", ")} of ${slug}.`);
  }
  // However a key spells the tool's name, the tool has one entry afterwards.
  const kept = Object.entries(current.tools ?? {}).filter(([text]) => {
    const key = parseToolKey(text);
    return key?.kind !== "name" || !chosen.includes(key.name);
  });
  const added = chosen.flatMap((tool) => {
    const rule = proposed.get(tool);
    return rule === undefined ? [] : [[toolKeyOf(tool), rule] as const];
  });
  return {
    ...current,
    ...(denyByDefault && { default: "deny" as const }),
    tools: Object.fromEntries([...kept, ...added]),
  };
}

async function propose(client: Transaction, orgId: string, serverId: string) {
  const stored = await client.tool.findMany({
    where: { orgId, serverId, state: "accepted" },
    orderBy: { name: "asc" },
  });
  const facts = new Map(stored.map((tool) => [tool.name, factsOf(tool)]));
  const tools = stored.map((tool) => ({
    definition: parseDefinition(tool.definition),
    classification: {
      ...factsOf(tool),
      signals: SIGNALS.filter((signal) => tool.signals.includes(signal)),
    },
  }));
  const { lines } = proposePolicy(tools);
  return {
    curated: curatedProposal(tools.map(({ definition }) => definition)).size,
    lines: lines.flatMap((line) => {
      const known = facts.get(line.tool);
      return known === undefined ? [] : [{ facts: known, line }];
    }),
  };
}

function ownRules(document: PolicyDocument, tool: string): Rule[] {
  return Object.entries(document.tools ?? {}).flatMap(([text, rules]) => {
    const key = parseToolKey(text);
    return key?.kind === "name" && key.name === tool ? rules : [];
  });
}

/** The tool's entry as it stands in the written policy; empty without one. */
function ruleText(tool: string, rules: Rule | Rule[]): string {
  const list = [rules].flat();
  const [only] = list;
  if (only === undefined) return "";
  const rule = list.length === 1 ? only : list;
  const text = formatPolicy(
    { version: 1, default: "deny", tools: { [toolKeyOf(tool)]: rule } },
    "yaml",
  );
  return text.slice(text.indexOf("tools:") + "tools:\n".length);
}

function markOf(current: PolicyDocument, lines: readonly ProposedLine[]): string {
  const text = canonicalize([formatPolicy(current, "yaml"), lines]) ?? "";
  return createHash("sha256").update(text).digest("hex");
}
