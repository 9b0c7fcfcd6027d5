import type { Prisma } from "#prisma/client.ts";

// JSON.stringify writes NUL and lone surrogates, and only those, as these escapes.
const unstorable = /(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/g;

/** True when Postgres can keep this parsed JSON as it is: no NUL, no lone surrogates. */
export function isStorable(value: unknown): boolean {
  return JSON.stringify(value)?.search(unstorable) === -1;
}

/** Any JSON as Postgres can keep it: what it cannot hold becomes U+FFFD. Absent becomes null. */
export function toStorable(value: unknown): Prisma.InputJsonValue | null {
  if (typeof value === "string") return toStorableText(value);
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value === "boolean") return value;
  if (typeof value !== "object" || value === null) return null;
  if (Array.isArray(value)) return value.map(toStorable);
  // Not by way of JSON.parse: V8 of Node 24 takes some escaped keys for others that it saw before.
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(
    members.map(([key, member]) => [toStorableText(key), toStorable(member)]),
  );
}

/** The same for plain text. */
export function toStorableText(text: string): string {
  return text.replaceAll("\0", "\ufffd").toWellFormed();
}
