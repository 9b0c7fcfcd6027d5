import { createHash } from "node:crypto";
import canonicalize from "canonicalize";

/** Members that agents receive, but that the digests of earlier releases left out. */
export const lateMembers = ["icons", "execution", "_meta"] as const;

const members = [
  "name",
  "title",
  "description",
  "inputSchema",
  "outputSchema",
  "annotations",
  ...lateMembers,
] as const;

const twins = "twice:";

/**
 * What makes a tool definition the same one: SHA-256, in hexadecimal, of the canonical JSON (RFC 8785)
 * of all that the protocol gives a tool (MCP 2025-11-25, server/tools).
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
  return sha256(canonicalize(parts) ?? "");
}

/**
 * What makes several definitions under one name the same ones, in whatever order: `twice:` and a SHA-256,
 * so that it never equals the digest of a definition.
 */
export function digestOfTwins(definitions: readonly unknown[]): string {
  return twins + sha256(definitions.map(digestIfAny).sort().join("\n"));
}

/** Whether a digest stands for several definitions under one name. */
export function isOfTwins(digest: string | null): boolean {
  return digest?.startsWith(twins) === true;
}

function digestIfAny(definition: unknown): string {
  try {
    return digestOfDefinition(definition);
  } catch {
    return "";
  }
}

function sha256(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}
