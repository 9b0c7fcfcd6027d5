import type { IncomingHttpHeaders } from "node:http";
import { revisions } from "#lib/policy/revisions.ts";
import { type KnownRequest, refuseRequest } from "#proxy/answer/refuse.ts";
import type { JsonRpcRequest, JsonRpcResponse, RequestId } from "#proxy/json/json-rpc.ts";
import { headerText } from "#proxy/modern/mirrored-headers.ts";
import { type Era, isModern } from "./era.ts";

/** What says which revision an agent speaks: its request and the session that comes in. */
export interface Spoken {
  headers: IncomingHttpHeaders;
  session: { protocolRevision: string } | null;
}

/** What an org accepts of an agent. */
interface Accepting extends Pick<Spoken, "session"> {
  /** The oldest revision; null: any. */
  minimumRevision: string | null;
}

/** A revision that an agent speaks and its org does not accept. */
export interface TooOld {
  revision: string;
  minimum: string;
}

/** What a request without MCP-Protocol-Version and session speaks (MCP 2025-11-25, transports). */
const undeclared = "2025-03-26";

/**
 * Whether an org refuses a revision of the legacy era. What is no revision is older than any, and the
 * whole era is older than a minimum without sessions.
 *
 * @param minimum the oldest that the org accepts; null: any
 */
export function isTooOld(revision: string, minimum: string | null): minimum is string {
  if (minimum === null) return false;
  return isModern(minimum) || !/^\d{4}-\d{2}-\d{2}$/.test(revision) || revision < minimum;
}

/**
 * The revision for which a request is refused: those of its header and of its session both have to be
 * accepted. Null when they are; a modern request is never too old.
 *
 * @param request `visit`: what the agent sent itself, where the request to a server is made of it
 */
export function findTooOld(
  { minimumRevision: minimum, session }: Accepting,
  request: { era: Era; headers: IncomingHttpHeaders; visit?: Spoken },
): TooOld | null {
  if (minimum === null || request.era === "modern") return null;
  const { headers, visit } = request;
  const spoken = [...spokenIn({ headers, session }), ...(visit ? spokenIn(visit) : [])];
  const revision = spoken.find((one) => isTooOld(one, minimum));
  return revision === undefined ? null : { revision, minimum };
}

function spokenIn({ headers, session }: Spoken): string[] {
  const header = headerText(headers["mcp-protocol-version"]);
  const said = [header, session?.protocolRevision].filter((revision) => revision !== undefined);
  return said.length > 0 ? said : [undeclared];
}

/** Refuses a request of a revision that is too old; with no modern error, which would tell of another era. */
export function refuseTooOld(
  request: KnownRequest,
  { revision, minimum }: TooOld,
  id: RequestId | null,
): Promise<void> {
  const fix =
    "Nothing was forwarded. Update the agent's MCP client and start a new session; a request without " +
    `session and MCP-Protocol-Version counts as ${undeclared}.`;
  const answer = unsupported(id, -32_000, { requested: revision }, minimum, fix);
  return refuseRequest(request, "revision", answer, 400);
}

/**
 * The answer to an `initialize` that asks for a revision that is too old (MCP lifecycle, "Error
 * Handling"); null when it may go on.
 */
export function refuseGreeting(
  { id, params }: Pick<JsonRpcRequest, "id" | "params">,
  minimum: string | null,
): JsonRpcResponse | null {
  const asked = params?.protocolVersion;
  const requested = typeof asked === "string" ? asked : "";
  if (!isTooOld(requested, minimum)) return null;
  const fix =
    "No session was opened. Update the agent's MCP client, or ask an administrator of the org to lower " +
    "the minimum.";
  return unsupported(id, -32_602, { requested }, minimum, fix);
}

/** The answer to an `initialize` whose server agrees only to a revision that is too old. */
export function refuseAgreement(
  id: RequestId,
  negotiated: string,
  serverSlug: string,
  minimum: string,
): JsonRpcResponse {
  const fix =
    `The server "${serverSlug}" agreed to nothing newer, so no session was opened. Ask an administrator ` +
    "of the org to update the server or to lower the minimum.";
  return unsupported(id, -32_602, { negotiated }, minimum, fix);
}

/** The revisions that an org accepts of its agents, oldest first. */
export function acceptedRevisions(minimum: string | null): string[] {
  return revisions.filter((revision) => minimum === null || revision >= minimum);
}

function unsupported(
  id: RequestId | null,
  code: number,
  said: { requested: string } | { negotiated: string },
  minimum: string,
  fix: string,
): JsonRpcResponse {
  const [revision] = Object.values(said);
  const without = isModern(minimum) ? ", which has no sessions and no initialize" : "";
  const message =
    `Unsupported protocol version: ${revision || "none"}. This org accepts MCP ${minimum} or ` +
    `newer${without}. ${fix}`;
  const data = { supported: acceptedRevisions(minimum), ...said };
  return { jsonrpc: "2.0", id, error: { code, message, data } };
}
