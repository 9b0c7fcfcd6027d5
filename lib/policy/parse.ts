import {
  type Document,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
} from "yaml";
import { PolicyDocument } from "./document.ts";
import { explainIssues } from "./problems.ts";
import { type Finding, screenValue } from "./screen.ts";

export const policyTextMaxLength = 524_288;

/** Nobody reads more; a text of brackets could cause half a million. */
const maxProblems = 100;

export interface PolicyProblem {
  /** `tools.valkey_write[0].when[1].op`; empty for the document itself. */
  path: string;
  /** From 1; null when the policy did not come as text. */
  line: number | null;
  column: number | null;
  /** What is wrong and what to write instead. */
  message: string;
}

export type ParsedPolicy =
  | { ok: true; document: PolicyDocument }
  | { ok: false; errors: PolicyProblem[] };

/**
 * Reads a policy from YAML 1.2 or JSON. Refuses whatever two readers could read differently:
 * duplicate and unquoted non-text keys, aliases, tags, directives. Never throws; reports all
 * problems at once.
 */
export function parsePolicy(text: string): ParsedPolicy {
  if (text.length > policyTextMaxLength) {
    return failAt(1, 1, `Use at most ${policyTextMaxLength} characters in one policy.`);
  }
  try {
    return parseText(text);
  } catch {
    // The only known way here is a stack overflow in the YAML reader.
    return failAt(1, 1, "This is nested too deeply: no part of a policy is.");
  }
}

/** Checks a policy that is already a value, such as stored JSON. Problems carry no line. */
export function parsePolicyValue(value: unknown): ParsedPolicy {
  const read = readValue(value);
  if (read.ok) return read;
  const errors = read.findings.map((finding) => toProblem(finding, null));
  return { ok: false, errors };
}

type Read = { ok: true; document: PolicyDocument } | { ok: false; findings: Finding[] };

function readValue(value: unknown): Read {
  const dangers = screenValue(value);
  if (dangers.length > 0) return { ok: false, findings: dangers };
  const parsed = PolicyDocument.safeParse(value);
  if (parsed.success) return { ok: true, document: parsed.data };
  return { ok: false, findings: explainIssues(parsed.error.issues, value) };
}

function parseText(text: string): ParsedPolicy {
  const lines = new LineCounter();
  const source = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const syntax = [...source.errors, ...source.warnings].map((error) => ({
    offset: error.pos[0],
    message: `${error.message.replace(/\.$/, "")}.`,
  }));
  // The reader reports its own stack overflow as one error for each level.
  if (syntax.some(({ message }) => message.includes("call stack"))) throw new RangeError();
  const unclear = [...syntax, ...findAmbiguities(source)];
  if (unclear.length > 0) {
    return fail(
      unclear.map(({ offset, message }) => ({ offset, path: [], message })),
      lines,
    );
  }
  if (source.contents === null) return failAt(1, 1, "The policy is empty: begin with version: 1.");
  const read = readValue(source.toJS());
  if (read.ok) return read;
  const located = read.findings.map((finding) => {
    return { ...finding, offset: offsetOf(source, finding.path) };
  });
  return fail(located, lines);
}

function fail(
  located: readonly (Finding & { offset: number })[],
  lines: LineCounter,
): ParsedPolicy {
  const ordered = located.toSorted((left, right) => left.offset - right.offset);
  const errors = ordered.slice(0, maxProblems).map((finding) => {
    const { line, col } = lines.linePos(finding.offset);
    return toProblem(finding, { line, column: col });
  });
  return { ok: false, errors };
}

/** What YAML would resolve silently, and differently in other readers. */
function findAmbiguities(source: Document): { offset: number; message: string }[] {
  const found: { offset: number; message: string }[] = [];
  if (source.directives?.yaml.explicit === true) {
    found.push({ offset: 0, message: "Remove the %YAML line: a policy is always YAML 1.2." });
  }
  visit(source, {
    Alias: (_, node) => {
      found.push({
        offset: node.range?.[0] ?? 0,
        message: "Write the value out: no aliases here.",
      });
    },
    Value: (_, node) => {
      const offset = node.range?.[0] ?? 0;
      if (node.tag !== undefined)
        found.push({ offset, message: "Remove the tag before the value." });
      if (node.anchor !== undefined) found.push({ offset, message: "Remove the anchor (&…)." });
    },
    Pair: (_, { key }) => {
      if (isScalar(key) && typeof key.value === "string") return;
      const offset = isNode(key) ? (key.range?.[0] ?? 0) : 0;
      found.push({ offset, message: "Put this key in quotes: keys are texts." });
    },
  });
  return found;
}

/** Where the deepest part of the path that exists begins. */
function offsetOf(source: Document, path: Finding["path"]): number {
  let node: unknown = source.contents;
  let offset = source.contents?.range?.[0] ?? 0;
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && key.value === step);
      if (pair === undefined) return offset;
      if (isNode(pair.key)) offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(step)];
      if (isNode(node)) offset = node.range?.[0] ?? offset;
    }
  }
  return offset;
}

function toProblem(
  { path, message }: Finding,
  place: { line: number; column: number } | null,
): PolicyProblem {
  const steps = path.map((step) => (typeof step === "number" ? `[${step}]` : `.${step}`));
  const text = steps.join("").replace(/^\./, "");
  return { path: text, line: place?.line ?? null, column: place?.column ?? null, message };
}

function failAt(line: number, column: number, message: string): ParsedPolicy {
  return { ok: false, errors: [{ path: "", line, column, message }] };
}
