import { createHash } from "node:crypto";
import canonicalize from "canonicalize";

const members = [
  "name",
  "title",
  "description",
  "inputSchema",
  "outputSchema",
  "annotations",
] as const;

/**
 * What makes a tool definition the same one: SHA-256, in hexadecimal, of the canonical JSON (RFC 8785)
 * of the parts an agent acts on.
 *
 * @throws Error when it is no object or holds what canonical JSON cannot say
 */
export function digestOfDefinition(definition: unknown): string {
  if (typeof definition !== "object" || definition === null) {
    throw new Error("A tool definition is a JSON object");
  }
  const given = new Map(Object.entries(definition));
  const parts = Object.fromEntries(
    members.filter((member) => given.has(member)).map((member) => [member, given.get(member)]),
  );
  const text = canonicalize(parts) ?? "";
  return createHash("sha256").update(text, "utf8").digest("hex");
}
