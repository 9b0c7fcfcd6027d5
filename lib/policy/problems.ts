import type { z } from "zod";
import type { Finding } from "./screen.ts";

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** Where the fields live that people put in the wrong place. */
const homes: Readonly<Record<string, string>> = {
  rate_limit: 'goes with "allow" and "require_approval" (and under all_tools): remove it here',
  when: "goes with the rules of a tool; for a class, write a tool key with * instead",
  approval: 'goes with "require_approval" of a tool or a class: remove it here',
  ignore_case: "goes with comparisons of texts: remove it here",
  trim: "goes with comparisons of texts: remove it here",
};

/** Turns what a schema found wrong with `value` into sentences that say what to do. */
export function explainIssues(issues: readonly Issue[], value: unknown): Finding[] {
  return issues.flatMap((issue) => explainIssue(issue, value));
}

function explainIssue(issue: Issue, root: unknown): Finding[] {
  const found = valueAt(root, issue.path);
  const one = (message: string, path: Path = issue.path) => [{ path: textPath(path), message }];
  switch (issue.code) {
    case "custom":
      return one(issue.message);
    case "unrecognized_keys":
      return issue.keys.flatMap((key) => {
        const home = Object.hasOwn(homes, key) ? homes[key] : undefined;
        const advice = home ?? "is no field here: remove it or check its spelling";
        return one(`"${key}" ${advice}.`, [...issue.path, key]);
      });
    case "invalid_union":
      return explainUnion(issue, root);
    case "invalid_key":
      return issue.issues.flatMap((inner) => explainIssue({ ...inner, path: issue.path }, root));
    case "invalid_type":
      return one(mismatch(found, nouns[issue.expected] ?? issue.expected));
    case "invalid_value":
      return one(
        mismatch(found, alternatives(issue.values.map((choice) => JSON.stringify(choice)))),
      );
    case "too_big":
      return one(`Use at most ${count(issue.maximum, issue.origin)}.`);
    case "too_small":
      return one(`Use at least ${count(issue.minimum, issue.origin)}.`);
    default:
      return one(issue.message);
  }
}

/** Explains the branch the author meant: the one whose type the value has. */
function explainUnion(issue: Extract<Issue, { code: "invalid_union" }>, root: unknown): Finding[] {
  const path = textPath(issue.path);
  if (issue.errors.length === 0) {
    const choices = "options" in issue && Array.isArray(issue.options) ? issue.options : [];
    return [
      { path, message: mismatch(valueAt(root, issue.path), alternatives(choices.map(String))) },
    ];
  }
  const meant = issue.errors.find((branch) => branch.every((inner) => !missesType(inner)));
  if (meant !== undefined) {
    const nested = meant.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
    return explainIssues(nested, root);
  }
  const expected = issue.errors.flatMap((branch) =>
    branch.flatMap((inner) => (inner.code === "invalid_type" ? [inner.expected] : [])),
  );
  const choices = [...new Set(expected)].map((name) => nouns[name] ?? name);
  return [{ path, message: mismatch(valueAt(root, issue.path), alternatives(choices)) }];
}

function missesType(issue: Issue): boolean {
  return issue.code === "invalid_type" && issue.path.length === 0;
}

const nouns: Readonly<Record<string, string>> = {
  array: "a list",
  boolean: "true or false",
  int: "a whole number",
  number: "a number",
  object: "fields in braces or indented",
  record: "fields in braces or indented",
  string: "a text",
};

function count(amount: number | bigint, origin: string): string {
  if (origin === "string") return amount === 1 ? "one character" : `${amount} characters`;
  if (origin === "array") return amount === 1 ? "one entry" : `${amount} entries`;
  return String(amount);
}

function mismatch(found: unknown, expected: string): string {
  if (found === undefined) return `This is missing: write ${expected}.`;
  return `This is ${typeWord(found)}: write ${expected}.`;
}

function alternatives(choices: readonly string[]): string {
  return choices.join(", ").replace(/, ([^,]*)$/, " or $1");
}

function typeWord(value: unknown): string {
  if (value === null) return "empty";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a group of fields";
  return JSON.stringify(value)?.slice(0, 60) ?? "nothing";
}

function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const key of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key]; // an own property of an object
  }
  return value;
}

function textPath(path: Path): (string | number)[] {
  return path.map((key) => (typeof key === "number" ? key : String(key)));
}
