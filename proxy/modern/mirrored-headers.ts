import type { IncomingHttpHeaders } from "node:http";
import type { JsonRpcRequest } from "#proxy/json/json-rpc.ts";
import type { JsonValue } from "#proxy/json/parse-json.ts";

/** The parameter that `Mcp-Name` repeats (2026-07-28 streamable HTTP, "Standard request headers"). */
const nameSources: Readonly<Record<string, "name" | "uri">> = {
  "tools/call": "name",
  "prompts/get": "name",
  "resources/read": "uri",
};

/**
 * Holds MCP-Protocol-Version, Mcp-Method and Mcp-Name of a modern request against its body: all that
 * apply must be there and equal, values case-sensitive. Null when they are; else what is wrong. The
 * version's value has been compared before.
 */
export function checkStandardHeaders(
  headers: IncomingHttpHeaders,
  { method, params }: JsonRpcRequest,
): string | null {
  if (headers["mcp-protocol-version"] === undefined) {
    return "The header MCP-Protocol-Version is missing.";
  }
  const methodHeader = headerText(headers["mcp-method"]);
  if (methodHeader === undefined) return "The header Mcp-Method is missing.";
  if (methodHeader !== method) {
    return `Mcp-Method says ${shown(methodHeader)}, the body's method is ${shown(method)}.`;
  }
  const source = mirroredName(method, params);
  if (source === null) return null;
  const nameHeader = headerText(headers["mcp-name"]);
  if (nameHeader === undefined) return `The header Mcp-Name is missing for ${method}.`;
  const decoded = decodeHeaderValue(nameHeader);
  if (decoded === null) return "Mcp-Name holds an invalid =?base64?…?= value.";
  return decoded === source ? null : "Mcp-Name differs from the name in the body.";
}

/** What `Mcp-Name` has to say for this request; null when there is nothing to say. */
export function mirroredName(method: string, params: JsonRpcRequest["params"]): string | null {
  const field = Object.hasOwn(nameSources, method) ? nameSources[method] : undefined;
  const value: JsonValue | undefined = field === undefined ? undefined : params?.[field];
  return typeof value === "string" ? value : null;
}

/** A header's value without the optional whitespace around it (RFC 9110, section 5.5). */
export function headerText(value: string | string[] | undefined): string | undefined {
  return typeof value === "string" ? value.replace(/^[ \t]+|[ \t]+$/g, "") : undefined;
}

const sentinel = /^=\?base64\?(.*)\?=$/s;

/**
 * Reads a mirrored value: the text itself, or strict base64 of UTF-8 between `=?base64?` and `?=`,
 * decoded once. Null for a sentinel whose content is not canonical.
 */
export function decodeHeaderValue(value: string): string | null {
  const encoded = sentinel.exec(value)?.[1];
  if (encoded === undefined) return value;
  const bytes = Buffer.from(encoded, "base64");
  if (bytes.toString("base64") !== encoded) return null;
  const text = bytes.toString("utf8");
  return Buffer.from(text, "utf8").equals(bytes) ? text : null;
}

/** Writes a value so that a header can carry it: as it is where possible, else as base64. */
export function encodeHeaderValue(value: string): string {
  const plain = /^[\x21-\x7e]([\t\x20-\x7e]*[\x21-\x7e])?$/.test(value) && !sentinel.test(value);
  return plain ? value : `=?base64?${Buffer.from(value, "utf8").toString("base64")}?=`;
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}
