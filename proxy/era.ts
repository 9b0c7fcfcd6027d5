import type { JsonRpcRequest } from "./json/json-rpc.ts";

/** The sessionful revisions; the order is the order of publication. */
export const legacyRevisions = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"] as const;

const known = new Set<string>(legacyRevisions);

/**
 * Which era a message belongs to. Null: the sessionful era, go on. Otherwise why it is refused. The
 * refusal of the newer era is deliberately not one of that era's own errors: dual-era clients then
 * fall back to `initialize` (protocol.md 2.3).
 *
 * @param header value of MCP-Protocol-Version, if sent
 */
export function refusedEra(
  header: string | undefined,
  request: JsonRpcRequest | null,
): string | null {
  const meta = request?.params?._meta;
  const announced =
    typeof meta === "object" && meta !== null && !Array.isArray(meta)
      ? meta["io.modelcontextprotocol/protocolVersion"]
      : undefined;
  const revision = announced ?? (request?.method === "initialize" ? undefined : header);
  if (revision === undefined || (typeof revision === "string" && known.has(revision))) return null;
  return `Unsupported protocol version (supported versions: ${legacyRevisions.join(", ")})`;
}
