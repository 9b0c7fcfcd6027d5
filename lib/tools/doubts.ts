import { SIGNALS, type Signal } from "#lib/catalog/types.ts";

/** Why a person has to look at a definition, even at one of the first that a server announces. */
export type Doubt =
  /** A name that the protocol does not allow, and that may imitate another one. */
  | "unsafe_name"
  /** A schema that lies elsewhere, where it can become another one. */
  | "foreign_reference";

// MCP 2025-11-25, server/tools, "Tool names".
const safeName = /^[A-Za-z0-9_.-]{1,128}$/;

/**
 * What of a definition cannot be taken on trust at a server's baseline. A reference that does not begin
 * with `#` names another document (JSON Schema 2020-12 core, 8.2.3), which nothing here ever reads.
 */
export function doubtsOf(definition: unknown): Doubt[] {
  const given = new Map(Object.entries(definition ?? {}));
  const name: unknown = given.get("name");
  const doubts: Doubt[] = [];
  if (typeof name !== "string" || !safeName.test(name)) doubts.push("unsafe_name");
  if (refersElsewhere([given.get("inputSchema"), given.get("outputSchema")])) {
    doubts.push("foreign_reference");
  }
  return doubts;
}

/** Signals of a definition that speaks to the model about something else than the tool. */
const poison: ReadonlySet<Signal> = new Set([
  "instruction_override",
  "hidden_text",
  "oversized_text",
  "unsafe_name",
  "annotation_conflict",
]);

/** Those of a definition's signals that are signs of tool poisoning, in their own order. */
export function signsOfPoisoning(signals: readonly string[]): Signal[] {
  return SIGNALS.filter((signal) => poison.has(signal) && signals.includes(signal));
}

/** Without recursion: a schema may be as deep as its server likes. */
function refersElsewhere(schemas: readonly unknown[]): boolean {
  const waiting = [...schemas];
  while (waiting.length > 0) {
    const node = waiting.pop();
    if (typeof node !== "object" || node === null) continue;
    for (const [key, value] of Object.entries(node)) {
      const isReference = key === "$ref" || key === "$dynamicRef";
      if (isReference && typeof value === "string" && value !== "" && !value.startsWith("#")) {
        return true;
      }
      if (typeof value === "object") waiting.push(value);
    }
  }
  return false;
}
