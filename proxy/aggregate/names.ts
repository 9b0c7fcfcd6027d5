import type { AccessTarget } from "#lib/policy/types.ts";

/** One thing of one server. */
export interface Owned {
  serverSlug: string;
  /** As the server knows it: a tool's or prompt's name, or a URI. */
  name: string;
}

const separator = "__";
/** What clients and models take for a tool's name; characters and length. */
const toolName = /^[A-Za-z0-9_.-]{1,128}$/;

/**
 * The name of a server's tool among all servers' tools. Slugs hold no underscore, so no two tools
 * share one, and no server can take a name that is another's (ADV-057).
 *
 * @returns null when it would be no name that every client takes
 */
export function toolNameOf({ serverSlug, name }: Owned): string | null {
  const shown = `${serverSlug}${separator}${name}`;
  return toolName.test(shown) ? shown : null;
}

/** The name of a server's prompt, made likewise; prompts may have any name. */
export function promptNameOf({ serverSlug, name }: Owned): string {
  return `${serverSlug}${separator}${name}`;
}

/** The URI, or URI template, of a server's resource: its scheme names the server, so none collide. */
export function uriOf({ serverSlug, name }: Owned): string {
  return `mcp.${serverSlug}+${name}`;
}

/** Whose tool or prompt this is; null when the name names no server. */
export function ownerOfName(shown: string): Owned | null {
  const at = shown.indexOf(separator);
  const name = shown.slice(at + separator.length);
  return at < 1 || name === "" ? null : { serverSlug: shown.slice(0, at), name };
}

/** Whose resource this is; null when the URI names no server. */
export function ownerOfUri(shown: string): Owned | null {
  const at = shown.indexOf("+");
  const name = shown.slice(at + 1);
  if (!shown.startsWith("mcp.") || at <= 4 || name === "") return null;
  return { serverSlug: shown.slice(4, at), name };
}

/** Whose prompt or resource this is. */
export function ownerOf({ kind, name }: AccessTarget): Owned | null {
  return kind === "prompt" ? ownerOfName(name) : ownerOfUri(name);
}
