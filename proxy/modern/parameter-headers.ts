import type { IncomingHttpHeaders } from "node:http";
import { decodeHeaderValue, encodeHeaderValue, headerText } from "./mirrored-headers.ts";

/** An argument that a tool wants repeated in a header (`x-mcp-header` in its input schema). */
export interface ParameterHeader {
  /** Property names from the arguments down. */
  path: readonly string[];
  /** Lower-case, with the prefix. */
  header: string;
  numeric: boolean;
}

const prefix = "mcp-param-";
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,100}$/;
const mostHeaders = 50;

/**
 * The arguments a tool's definition wants repeated (2026-07-28 streamable HTTP, "Custom headers from
 * tool parameters"). Annotations that break its rules count as absent, as for a client.
 */
export function findParameterHeaders(definition: unknown): ParameterHeader[] {
  const found: ParameterHeader[] = [];
  const visit = (schema: unknown, path: readonly string[]): void => {
    const properties = memberOf(schema, "properties");
    if (typeof properties !== "object" || properties === null || path.length > 16) return;
    for (const [name, property] of Object.entries(properties)) {
      const at = [...path, name];
      const wanted = memberOf(property, "x-mcp-header");
      const type = memberOf(property, "type");
      if (typeof wanted === "string" && token.test(wanted) && isPrimitive(type)) {
        const header = prefix + wanted.toLowerCase();
        const taken = found.some((known) => known.header === header);
        if (!taken && found.length < mostHeaders) {
          found.push({ path: at, header, numeric: type === "integer" || type === "number" });
        }
      }
      visit(property, at);
    }
  };
  visit(memberOf(definition, "inputSchema"), []);
  return found;
}

/**
 * Holds the `Mcp-Param-*` headers of a call against its arguments. Null when every argument that is
 * to be repeated is, equally; numbers are compared as numbers. Else what is wrong.
 */
export function checkParameterHeaders(
  wanted: readonly ParameterHeader[],
  args: unknown,
  headers: IncomingHttpHeaders,
): string | null {
  for (const { path, header, numeric } of wanted) {
    const value = valueAt(args, path);
    const text = primitiveText(value);
    if (text === null) continue;
    const sent = headerText(headers[header]);
    if (sent === undefined) return `The header ${header} is missing for ${path.join(".")}.`;
    const decoded = decodeHeaderValue(sent);
    if (decoded === null) return `${header} holds an invalid =?base64?…?= value.`;
    const comparable = numeric && typeof value === "number" && /^-?\d+(\.\d+)?$/.test(decoded);
    if (comparable ? Number(decoded) !== value : decoded !== text) {
      return `${header} differs from ${path.join(".")} in the body.`;
    }
  }
  return null;
}

/**
 * The `Mcp-Param-*` headers of a call on its way up: those a definition wants are made from the
 * arguments, others of the agent pass unchanged (protocol.md 2.4).
 */
export function buildParameterHeaders(
  wanted: readonly ParameterHeader[],
  args: unknown,
  agentHeaders: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string> {
  const built: Record<string, string> = {};
  for (const name in agentHeaders) {
    const value = agentHeaders[name];
    if (name.startsWith(prefix) && typeof value === "string") built[name] = value;
  }
  for (const { path, header } of wanted) {
    const text = primitiveText(valueAt(args, path));
    if (text === null) delete built[header];
    else built[header] = encodeHeaderValue(text);
  }
  return built;
}

function valueAt(root: unknown, path: readonly string[]): unknown {
  let node = root;
  for (const name of path) node = memberOf(node, name);
  return node;
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return Reflect.get(value, name);
}

function isPrimitive(type: unknown): boolean {
  return type === "string" || type === "integer" || type === "boolean" || type === "number";
}

function primitiveText(value: unknown): string | null {
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return String(value);
  if (typeof value !== "number" || !Number.isFinite(value)) return null;
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? null : String(value);
}
