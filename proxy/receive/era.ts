import type { IncomingHttpHeaders } from "node:http";
import { legacyRevisions, modernRevision } from "#lib/policy/revisions.ts";
import type { ParsedMessage, RequestId } from "#proxy/json/json-rpc.ts";
import type { JsonObject, JsonValue } from "#proxy/json/parse-json.ts";
import { checkStandardHeaders, headerText } from "#proxy/modern/mirrored-headers.ts";

/** `legacy`: 2024-11-05 to 2025-11-25, with a handshake. `modern`: 2026-07-28, every request for itself. */
export type Era = "legacy" | "modern";

export { legacyRevisions, modernRevision };

/** Members of `_meta` that a modern request describes itself with. */
export const metaKeys = {
  protocolVersion: "io.modelcontextprotocol/protocolVersion",
  clientInfo: "io.modelcontextprotocol/clientInfo",
  clientCapabilities: "io.modelcontextprotocol/clientCapabilities",
  logLevel: "io.modelcontextprotocol/logLevel",
  serverInfo: "io.modelcontextprotocol/serverInfo",
  subscriptionId: "io.modelcontextprotocol/subscriptionId",
} as const;

/** Errors of the modern era (2026-07-28, "Error codes"). */
export const modernErrors = {
  headerMismatch: -32020,
  missingCapability: -32021,
  unsupportedVersion: -32022,
} as const;

export type EraVerdict =
  | { kind: "legacy" }
  | { kind: "modern" }
  | {
      kind: "refused";
      status: 400;
      code: number;
      message: string;
      data?: JsonValue;
      id: RequestId | null;
    };

const legacy: EraVerdict = { kind: "legacy" };
const modern: EraVerdict = { kind: "modern" };
const known = new Set<string>(legacyRevisions);

/**
 * Which era a POST belongs to, decided by its body as the reference SDK does: a protocol version in
 * `_meta` is modern, `initialize` and everything else legacy; headers are only held against it
 * (2026-07-28 streamable HTTP, protocol.md 2.2). A modern request has all its mirrored headers.
 */
export function classifyEra(headers: IncomingHttpHeaders, parsed: ParsedMessage): EraVerdict {
  const header = headerText(headers["mcp-protocol-version"]);
  const announced = metaOf(parsed)?.[metaKeys.protocolVersion];
  if (announced === undefined && (header === undefined || known.has(header))) return legacy;
  switch (parsed.kind) {
    case "request":
      return classifyRequest(headers, header, announced, parsed);
    case "notification":
      return classifyNotification(header, announced);
    case "response": {
      if (header !== undefined && isModern(header)) {
        return refuse(null, -32600, "Revision 2026-07-28 has no messages that answer the server.");
      }
      return unknownLegacy(null);
    }
  }
}

function classifyRequest(
  headers: IncomingHttpHeaders,
  header: string | undefined,
  announced: JsonValue | undefined,
  parsed: Extract<ParsedMessage, { kind: "request" }>,
): EraVerdict {
  const { id, method, params } = parsed.message;
  const claim = typeof announced === "string" ? announced : undefined;
  if (method === "initialize" && !isCompleteClaim(claim, params)) {
    if (header === undefined || known.has(header)) return legacy;
    if (!isModern(header)) return unknownLegacy(id);
    const text = `initialize does not exist in revision ${header}, which MCP-Protocol-Version names.`;
    return refuse(id, modernErrors.headerMismatch, text);
  }
  if (announced === undefined) {
    if (header === undefined || !isModern(header)) return unknownLegacy(id);
    const missing = missingKeys(params).join(", ");
    const text = `MCP-Protocol-Version names ${header}, but params._meta lacks: ${missing}.`;
    return refuse(id, -32602, text);
  }
  const missing = missingKeys(params);
  if (claim === undefined || missing.length > 0) {
    const faulty = claim === undefined ? metaKeys.protocolVersion : missing.join(", ");
    return refuse(id, -32602, `params._meta lacks or has the wrong type for: ${faulty}.`);
  }
  if (header !== undefined && header !== claim) {
    const text = `MCP-Protocol-Version says ${header}, the body's _meta says ${claim}.`;
    return refuse(id, modernErrors.headerMismatch, text);
  }
  if (claim !== modernRevision) {
    const data = { supported: [modernRevision], requested: claim };
    const text = `Unsupported protocol version: ${claim}`;
    return { ...refuse(id, modernErrors.unsupportedVersion, text), data };
  }
  const mismatch = checkStandardHeaders(headers, parsed.message);
  return mismatch === null ? modern : refuse(id, modernErrors.headerMismatch, mismatch);
}

/** The modern era knows no notification of a client over HTTP; one that names it is taken and dropped. */
function classifyNotification(
  header: string | undefined,
  announced: JsonValue | undefined,
): EraVerdict {
  if (announced === undefined) {
    return header !== undefined && isModern(header) ? modern : unknownLegacy(null);
  }
  if (typeof announced !== "string") {
    return refuse(null, -32602, `params._meta has the wrong type for ${metaKeys.protocolVersion}.`);
  }
  if (header !== undefined && header !== announced) {
    const text = `MCP-Protocol-Version says ${header}, the body's _meta says ${announced}.`;
    return refuse(null, modernErrors.headerMismatch, text);
  }
  return isModern(announced) ? modern : legacy;
}

/** True for the modern revision and any later one: dates compare as text. */
export function isModern(revision: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(revision) && revision >= modernRevision;
}

/** The `_meta` of a request or notification, when it is an object. */
export function metaOf(parsed: ParsedMessage): JsonObject | undefined {
  return parsed.kind === "response" ? undefined : objectOf(parsed.message.params?._meta);
}

/** A JSON value that is an object, and not a list; undefined otherwise. */
export function objectOf(value: JsonValue | undefined): JsonObject | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
}

function isCompleteClaim(claim: string | undefined, params: JsonObject | undefined): boolean {
  return claim !== undefined && isModern(claim) && missingKeys(params).length === 0;
}

function missingKeys(params: JsonObject | undefined): string[] {
  const meta = objectOf(params?._meta);
  if (!meta) return ["_meta"];
  const missing: string[] = [];
  if (typeof meta[metaKeys.protocolVersion] !== "string") missing.push(metaKeys.protocolVersion);
  if (!objectOf(meta[metaKeys.clientCapabilities])) missing.push(metaKeys.clientCapabilities);
  return missing;
}

/** Deliberately no modern error: it would tell a client that this is a modern server. */
function unknownLegacy(id: RequestId | null): Extract<EraVerdict, { kind: "refused" }> {
  const text = `Unsupported protocol version (supported versions: ${legacyRevisions.join(", ")})`;
  return refuse(id, -32000, text);
}

function refuse(
  id: RequestId | null,
  code: number,
  message: string,
): Extract<EraVerdict, { kind: "refused" }> {
  return { kind: "refused", status: 400, code, message, id };
}
