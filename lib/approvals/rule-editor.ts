import canonicalize from "canonicalize";
import type { Transaction } from "#lib/db.ts";

export interface RuleEdit {
  version: number;
  /** As stored: the actor's id and name. */
  author: string;
}

/** How far back the history of one rule is followed. */
const mostVersions = 2_000;

/**
 * The version that gave a rule the form it had in `policyVersion`, and its author. A rule keeps its
 * author while other rules of its tool come, go and move; a version that restores it edits it.
 *
 * @param at.rule the rule's place in the document, such as `tools.pay[1]` or `classes.critical`
 * @returns null when the version, or the rule in it, is not on record
 */
export async function lastEditOf(
  client: Transaction,
  orgId: string,
  at: { policyId: string; policyVersion: number; rule: string },
): Promise<RuleEdit | null> {
  for (const { path, index } of placesOf(at.rule)) {
    const versions = await client.$queryRaw<StoredVersion[]>`
      select version, author, document #> ${path} as part from policy_versions
      where org_id = ${orgId}::uuid and policy_id = ${at.policyId}::uuid
        and version <= ${at.policyVersion}
      order by version desc limit ${mostVersions}`;
    const [current] = versions;
    if (current?.version !== at.policyVersion) return null;
    const rules = rulesIn(current.part);
    const wanted = index === null ? rules[0] : rules[index];
    if (wanted === undefined) continue;
    const changed = versions.findIndex(({ part }) => !rulesIn(part).includes(wanted));
    const edit = versions.at(changed === -1 ? -1 : changed - 1);
    return edit ? { version: edit.version, author: edit.author } : null;
  }
  return null;
}

interface StoredVersion {
  version: number;
  author: string;
  part: unknown;
}

/** Where a rule's name may point to: a tool's own name can end in what looks like an index. */
function placesOf(rule: string): { path: string[]; index: number | null }[] {
  const dot = rule.indexOf(".");
  if (dot === -1) return [{ path: [rule], index: null }];
  const section = rule.slice(0, dot);
  const key = rule.slice(dot + 1);
  const indexed = /^(.*)\[(\d+)\]$/s.exec(key);
  return [
    ...(indexed ? [{ path: [section, indexed[1] ?? ""], index: Number(indexed[2]) }] : []),
    { path: [section, key], index: null },
  ];
}

/** One rule or a list of them, each in its canonical form. */
function rulesIn(part: unknown): string[] {
  if (part === null || part === undefined) return [];
  return (Array.isArray(part) ? part : [part]).map((rule) => canonicalize(rule) ?? "");
}
