import type { Prisma } from "#prisma/client.ts";

// JSON.stringify writes NUL and lone surrogates, and only those, as these escapes.
const unstorable = /(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/g;

/** True when Postgres can keep this parsed JSON as it is: no NUL, no lone surrogates. */
export function isStorable(value: unknown): boolean {
  return JSON.stringify(value)?.search(unstorable) === -1;
}

/** Any JSON as Postgres can keep it: what it cannot hold becomes U+FFFD. Absent becomes null. */
export function toStorable(value: unknown): Prisma.InputJsonValue | null {
  const text = JSON.stringify(value) ?? "null";
  return JSON.parse(text.replace(unstorable, "$1\\ufffd"));
}

/** The same for plain text. */
export function toStorableText(text: string): string {
  return text.replaceAll("\0", "\ufffd").toWellFormed();
}
