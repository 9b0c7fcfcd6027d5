import { isAccessListed } from "#lib/policy/access.ts";
import { isListed } from "#lib/policy/evaluate.ts";
import type { JsonObject, JsonValue } from "#proxy/json/parse-json.ts";
import type { Gate } from "./gates.ts";

/** The lists an answer may carry, with the member that names an entry. */
const lists = [
  { member: "tools", key: "name" },
  { member: "prompts", key: "name" },
  { member: "resources", key: "uri" },
  { member: "resourceTemplates", key: "uriTemplate" },
] as const;

type ListMember = (typeof lists)[number]["member"];

const memberOfMethod: Readonly<Record<string, ListMember>> = {
  "tools/list": "tools",
  "prompts/list": "prompts",
  "resources/list": "resources",
  "resources/templates/list": "resourceTemplates",
};

/** Entries to keep of each list, by position; lists that stay whole are not named. */
export type Kept = { [member in ListMember]?: number[] };

export type ListVerdict =
  | { kind: "none" }
  /** `drifted`: a definition was left out that is not on record as it stands here, not even as held. */
  | { kind: "filtered"; kept: Kept; drifted: boolean }
  | { kind: "malformed"; what: string };

export function isListMethod(method: string): boolean {
  return Object.hasOwn(memberOfMethod, method);
}

/**
 * What of an answer's lists an agent may see: tools that stand on record unchanged and that a rule
 * lets be seen, prompts and resources that a rule lets be seen; in the server's order.
 *
 * @param method what was asked; null when that is not known, as on a replayed stream: then every
 *   list is filtered and an answer without one is none
 */
export function filterLists(
  result: JsonObject,
  method: string | null,
  gate: Gate,
  digestOf: (definition: unknown) => string,
): ListVerdict {
  if (method !== null) {
    const required = Object.hasOwn(memberOfMethod, method) ? memberOfMethod[method] : undefined;
    if (required === undefined) return { kind: "none" };
    const what = malformation(result, required);
    if (what !== null) return { kind: "malformed", what };
  }
  const kept: Kept = {};
  let drifted = false;
  for (const { member, key } of lists) {
    const listed = result[member];
    if (!Array.isArray(listed)) continue;
    const names = listed.map((entry) => nameOf(entry, key));
    const positions: number[] = [];
    for (const [at, entry] of listed.entries()) {
      const name = names[at];
      if (member !== "tools") {
        if (name !== undefined && isSeen(gate, member, name)) positions.push(at);
        continue;
      }
      const tool = name === undefined ? undefined : gate.tools.get(name);
      // Of two definitions under one name nobody can say which one a call would run.
      const isTwice = names.indexOf(name) !== names.lastIndexOf(name);
      if (!tool || isTwice || digestOfEntry(entry, digestOf) !== tool.digest) {
        // Of two with one name the first is the one on record.
        const isFirst = names.indexOf(name) === at;
        drifted ||= isFirst && isNews(gate, name, entry, digestOf);
      } else if (gate.observe || isListed(gate.policy, tool)) positions.push(at);
    }
    if (positions.length < listed.length) kept[member] = positions;
  }
  return Object.keys(kept).length === 0 && !drifted
    ? { kind: "none" }
    : { kind: "filtered", kept, drifted };
}

/** Cuts the lists of an answer down to the kept entries. */
export function keepEntries(result: JsonObject, kept: Kept): void {
  for (const { member } of lists) {
    const positions = kept[member];
    const listed = result[member];
    if (positions === undefined || !Array.isArray(listed)) continue;
    result[member] = positions.flatMap((at) => listed.slice(at, at + 1));
  }
}

/** Why this is no answer to a list request; null when it is one. */
function malformation(result: JsonObject, member: ListMember): string | null {
  const listed = result[member];
  if (!Array.isArray(listed)) return `holds no list of ${member}`;
  const key = lists.find((list) => list.member === member)?.key ?? "name";
  if (listed.some((entry) => nameOf(entry, key) === undefined)) {
    return `lists something without a ${key} among its ${member}`;
  }
  const { nextCursor } = result;
  return nextCursor === undefined || nextCursor === null || typeof nextCursor === "string"
    ? null
    : "has a nextCursor that is not text";
}

function isSeen(gate: Gate, member: Exclude<ListMember, "tools">, name: string): boolean {
  const kind = member === "prompts" ? "prompt" : "resource";
  return gate.observe || isAccessListed(gate.policy, { kind, name });
}

/** Whether reading the server's tools again would change its record: a definition held already is no news. */
function isNews(
  gate: Gate,
  name: string | undefined,
  entry: JsonValue,
  digestOf: (definition: unknown) => string,
): boolean {
  const digest = digestOfEntry(entry, digestOf);
  // Without a canonical form it can never be put on record.
  if (name === undefined || digest === null) return false;
  return digest !== gate.tools.get(name)?.digest && digest !== gate.held.get(name);
}

/** Null where it has no canonical form. */
function digestOfEntry(
  definition: JsonValue,
  digestOf: (definition: unknown) => string,
): string | null {
  try {
    return digestOf(definition);
  } catch {
    return null;
  }
}

function nameOf(entry: JsonValue, key: string): string | undefined {
  if (typeof entry !== "object" || entry === null || Array.isArray(entry)) return undefined;
  const name = entry[key];
  return typeof name === "string" ? name : undefined;
}
