import { isAccessListed } from "#lib/policy/access.ts";
import { isListed } from "#lib/policy/evaluate.ts";
import type { JsonRpcRequest } from "#proxy/json/json-rpc.ts";
import type { JsonObject, JsonValue } from "#proxy/json/parse-json.ts";
import type { Ports } from "#proxy/ports.ts";
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
  /**
   * `drifted`: a definition was left out that is not on record as it stands here, not even as held; or the whole
   * list lacks a tool that is on record.
   */
  | { kind: "filtered"; kept: Kept; drifted: boolean }
  | { kind: "malformed"; what: string };

type Digests = Pick<Ports, "digestOfDefinition" | "digestOfTwins">;

export function isListMethod(method: string): boolean {
  return Object.hasOwn(memberOfMethod, method);
}

/**
 * What of an answer's lists an agent may see: tools that stand on record unchanged and that a rule
 * lets be seen, prompts and resources that a rule lets be seen; in the server's order.
 *
 * @param request what was asked; null when that is not known, as on a replayed stream: then every
 *   list is filtered and an answer without one is none
 */
export function filterLists(
  result: JsonObject,
  request: Pick<JsonRpcRequest, "method" | "params"> | null,
  gate: Gate,
  digests: Digests,
): ListVerdict {
  if (request !== null) {
    const { method } = request;
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
    let positions: number[];
    if (member === "tools") {
      const tools = keepTools(listed, names, gate, digests, isWhole(request, result));
      positions = tools.positions;
      drifted = tools.drifted;
    } else {
      positions = names.flatMap((name, at) =>
        name !== undefined && isSeen(gate, member, name) ? [at] : [],
      );
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

/** Which tools an agent may see, and whether reading the server's tools again would change their record. */
function keepTools(
  listed: readonly JsonValue[],
  names: readonly (string | undefined)[],
  gate: Gate,
  digests: Digests,
  whole: boolean,
): { positions: number[]; drifted: boolean } {
  const places = Map.groupBy(names.keys(), (at) => names[at]);
  places.delete(undefined);
  const positions: number[] = [];
  let drifted = whole && lacksAny(gate, places);
  for (const [name = "", at] of places) {
    const entries = at.flatMap((place) => listed.slice(place, place + 1));
    const digest = digestOfEntries(entries, digests);
    const tool = gate.tools.get(name);
    // Of two definitions under one name nobody can say which one a call would run: no tool has their digest.
    if (tool && digest === tool.digest) {
      if (gate.observe || isListed(gate.policy, tool)) positions.push(...at);
    } else drifted ||= isNews(gate, name, digest, whole);
  }
  return { positions, drifted };
}

/** A server that lists page by page lists all of them on none. */
function isWhole(
  request: Pick<JsonRpcRequest, "method" | "params"> | null,
  { nextCursor }: JsonObject,
): boolean {
  return request !== null && !request.params?.cursor && !nextCursor;
}

function lacksAny(gate: Gate, places: ReadonlyMap<string | undefined, unknown>): boolean {
  const known = [...gate.tools.keys(), ...gate.held.keys()];
  return known.some((name) => !places.has(name));
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
function isNews(gate: Gate, name: string, digest: string | null, whole: boolean): boolean {
  const held = gate.held.get(name);
  // Its other definition may stand on another page.
  if (held?.startsWith("twice:") && !whole) return false;
  // Without a canonical form it can never be put on record, and goes off it.
  if (digest === null) return held !== undefined || gate.tools.has(name);
  return digest !== held;
}

/** Null where it has no canonical form. */
function digestOfEntries(entries: readonly JsonValue[], digests: Digests): string | null {
  if (entries.length > 1) return digests.digestOfTwins(entries);
  try {
    return digests.digestOfDefinition(entries[0]);
  } catch {
    return null;
  }
}

function nameOf(entry: JsonValue, key: string): string | undefined {
  if (typeof entry !== "object" || entry === null || Array.isArray(entry)) return undefined;
  const name = entry[key];
  return typeof name === "string" ? name : undefined;
}
