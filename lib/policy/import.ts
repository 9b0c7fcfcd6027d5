import { parseDocument } from "yaml";
import { AllTools, asList, type PolicyDocument, type Rule } from "./document.ts";
import { readHostedLimit, strictest } from "./import-limits.ts";
import { block, type NotCarried, type Translation, translateTool } from "./import-tool.ts";
import { type PolicyProblem, parsePolicy, parsePolicyValue } from "./parse.ts";
import { screenValue } from "./screen.ts";
import { toolKeyOf } from "./tool-key.ts";
import type { RateLimit } from "./types.ts";

export type { NotCarried } from "./import-tool.ts";

export type ImportedPolicy =
  | { ok: true; policy: PolicyDocument; notCarried: NotCarried[] }
  | { ok: false; errors: PolicyProblem[] };

/**
 * Translates a policy of another product: PolicyLayer's JSON, Intercept's YAML, the short form
 * `{tools: {name: {action, reason, rate_limit}}}`; our own document stays as it is. The result never
 * allows a call that the original refuses: what cannot be said here denies its tool and is listed.
 * Never throws.
 */
export function importPolicy(text: string): ImportedPolicy {
  const own = parsePolicy(text);
  if (own.ok) return { ok: true, policy: own.document, notCarried: [] };
  const source = readSource(text);
  if (source === null) return own;
  const dangers = [...screenValue(source), ...checkFrame(source)];
  if (dangers.length > 0) return refuse(dangers);
  const { document, notCarried } = translate(source);
  const checked = parsePolicyValue(document);
  return checked.ok ? { ok: true, policy: checked.document, notCarried } : checked;
}

type Source = Readonly<Record<string, unknown>>;

const frameFields = [
  "$schema",
  "version",
  "name",
  "description",
  "default",
  "classes",
  "hide",
  "tools",
  "prompts",
  "resources",
  "all_tools",
  "approvals",
];

const leftOut: Readonly<Record<string, string>> = {
  name: "The policy is named after its server here.",
  description: "The document has no description here; use the note of its version.",
  approvals: "How approvals are kept and announced is set in Callgate, not in a policy.",
};

/** Null when this is neither YAML nor JSON of named fields. */
function readSource(text: string): Source | null {
  try {
    const document = parseDocument(text, { prettyErrors: false });
    const value: unknown = document.errors.length > 0 ? null : document.toJS();
    if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
    return { ...value };
  } catch {
    // Nested too deeply, or more aliases than anybody writes.
    return null;
  }
}

/** Fields that nobody knows may restrict anything, so the whole document is refused. */
function checkFrame(source: Source): { path: string[]; message: string }[] {
  const findings = Object.keys(source)
    .filter((key) => !frameFields.includes(key))
    .map((key) => ({
      path: [key],
      message: `“${key}” is not known in any format that is imported. Remove it and import again.`,
    }));
  const { version = 1, hide = [], tools = {} } = source;
  if (version !== 1 && version !== "1") {
    findings.push({ path: ["version"], message: "Only version 1 is known." });
  }
  if (!["deny", "allow", undefined].some((word) => word === source.default)) {
    findings.push({ path: ["default"], message: "Write deny or allow." });
  }
  if (!Array.isArray(hide) || !hide.every((name) => typeof name === "string")) {
    findings.push({ path: ["hide"], message: "Write a list of tool names." });
  }
  if (typeof tools !== "object" || tools === null || Array.isArray(tools)) {
    findings.push({ path: ["tools"], message: "Write each tool's name with its rules." });
  }
  return findings;
}

function translate(source: Source): { document: unknown; notCarried: NotCarried[] } {
  const entries = new Map(
    Object.entries(source.tools ?? {}).map(([name, entry]) => [
      name,
      translateTool(entry, name, `tools.${name}`),
    ]),
  );
  const everyTool = entries.get(wildcard) ?? nothing();
  entries.set(wildcard, everyTool);
  readAllTools(source.all_tools, everyTool);
  const isIntercept = Object.values(source.tools ?? {}).some(hasRules);
  const fallback = source.default ?? (isIntercept ? "allow" : "deny");
  const tools = new Map<string, Rule[]>();
  for (const [name, entry] of entries) {
    if (name === wildcard) continue;
    // Elsewhere, what is said of all tools allows none: under `deny` it belongs to each listed one.
    if (fallback === "deny" && everyTool.permits) addTo(entry, everyTool);
    const key = entry.permits ? toolKeyOf(name) : name;
    tools.set(key, finish(entry, fallback, `tools.${name}`));
  }
  if (!everyTool.permits || fallback === "allow") {
    if (everyTool.required.length > 0) block(everyTool, "tools.*", unsayable);
    if (everyTool.rules.length > 0) tools.set(wildcard, everyTool.rules);
  }
  for (const name of asList<string>(source.hide as string[] | undefined)) {
    // The frame was checked: these are texts.
    tools.set(name === wildcard ? wildcard : toolKeyOf(name), [{ action: "hide" }]);
  }
  const limits = strictest(everyTool.limits);
  const document = {
    version: 1,
    default: fallback,
    ...(source.classes !== undefined && { classes: source.classes }),
    ...(tools.size > 0 && {
      tools: Object.fromEntries([...tools].map(([key, rules]) => [key, oneOrMany(rules)])),
    }),
    ...(source.prompts !== undefined && { prompts: source.prompts }),
    ...(source.resources !== undefined && { resources: source.resources }),
    ...(limits.length > 0 && { all_tools: { rate_limit: oneOrMany(limits) } }),
  };
  const outside = Object.keys(leftOut).filter((key) => Object.hasOwn(source, key));
  const notCarried = [
    ...outside.map((path) => ({ path, message: leftOut[path] ?? "" })),
    ...[...entries.values()].flatMap((entry) => entry.notCarried),
  ];
  return { document, notCarried };
}

const wildcard = "*";
const unsayable =
  "What is required can only be said where the default is deny: no operator says its opposite.";

function nothing(): Translation {
  return { rules: [], required: [], limits: [], permits: false, notCarried: [] };
}

function addTo(entry: Translation, everyTool: Translation): void {
  entry.rules.push(...everyTool.rules);
  entry.required.push(...everyTool.required);
}

/** The rules of one tool, its permission included. */
function finish(entry: Translation, fallback: unknown, path: string): Rule[] {
  const { rules, required, permits } = entry;
  const limits = strictest(entry.limits);
  if (required.length > 0 && (fallback === "allow" || !permits)) block(entry, path, unsayable);
  if (rules.length === 0 && !permits) block(entry, path, "This tool has no rule.");
  const refusal = rules.find(({ action, when }) => action === "deny" && when === undefined);
  if (refusal) return [refusal];
  if (!permits) return rules;
  const permission: Rule = {
    action: "allow",
    ...(required.length > 0 && { when: required }),
    ...(limits.length > 0 && { rate_limit: oneOrMany(limits) }),
  };
  return [...rules, permission];
}

/** The limits of all tools together: `limits` of PolicyLayer, `rate_limit` of our own form. */
function readAllTools(raw: unknown, everyTool: Translation): void {
  if (raw === undefined) return;
  const own = AllTools.safeParse(raw);
  if (own.success) {
    everyTool.limits.push(...asList<RateLimit>(own.data.rate_limit));
    return;
  }
  const { limits, ...rest } = typeof raw === "object" && raw !== null ? { limits: [], ...raw } : {};
  if (!Array.isArray(limits) || Object.keys(rest).length > 0) {
    block(everyTool, "all_tools", "This says something that is not known here.");
    return;
  }
  for (const [index, limit] of limits.entries()) {
    const read = readHostedLimit(limit);
    if (read.ok) everyTool.limits.push(read.limit);
    else block(everyTool, `all_tools.limits[${index}]`, read.message);
  }
}

function hasRules(entry: unknown): boolean {
  return typeof entry === "object" && entry !== null && "rules" in entry;
}

function oneOrMany<T>(list: T[]): T | T[] {
  const [only] = list;
  return only !== undefined && list.length === 1 ? only : list;
}

function refuse(
  findings: readonly { path: (string | number)[]; message: string }[],
): ImportedPolicy {
  const errors = findings.map(({ path, message }) => {
    return { path: path.join("."), line: null, column: null, message };
  });
  return { ok: false, errors };
}
