import { deepStrictEqual, notStrictEqual, ok, strictEqual } from "node:assert/strict";
import { validateHeaderName, validateHeaderValue } from "node:http";
import fc from "fast-check";
import { AppError } from "#lib/errors.ts";
import {
  checkStandardHeaders,
  decodeHeaderValue,
  encodeHeaderValue,
  mirroredName,
} from "#proxy/modern/mirrored-headers.ts";
import {
  buildParameterHeaders,
  checkParameterHeaders,
  findParameterHeaders,
} from "#proxy/modern/parameter-headers.ts";
import { checkStoredHeaders, requestHeaders } from "#proxy/upstream/http-headers.ts";
import { forAll, type Property } from "./property.ts";

const names = [
  ...["authorization", "cookie", "origin", "host", "proxy-authorization", "x-forwarded-for"],
  ...["connection", "content-length", "transfer-encoding", "accept", "last-event-id", "x-api-key"],
  ...["mcp-session-id", "mcp-protocol-version", "mcp-method", "mcp-name", "mcp-param-region"],
  ...["traceparent", "tracestate", "baggage", "user-agent", "accept-encoding"],
];
const name = fc.oneof(fc.constantFrom(...names), fc.string({ maxLength: 8 }));
/** What Node can have read from a socket: no control characters but tabs. */
const received = fc.string({ unit: fc.constantFrom(..."aZ09 \t=?,;:é\u00ff"), maxLength: 8 });
const agentHeaders = headersOf(
  name.map((text) => text.toLowerCase()),
  received.map((value) => `agent ${value}`),
  8,
);
const storedHeaders = headersOf(
  name,
  fc.oneof(
    received.map((value) => `stored ${value}`),
    fc.string({ unit: "binary", maxLength: 8 }),
  ),
  4,
);
const visible = fc.string({ unit: fc.constantFrom(..."aZ09-_."), minLength: 1, maxLength: 8 });

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 8 }),
  fc.constantFrom(" a", "a ", "=?base64?YQ==?=", "é", "\t", "", "a b", "\r\nx: y", "0", "true"),
);
const primitive = fc.oneof(
  text,
  fc.double({ noDefaultInfinity: true, noNaN: true }),
  fc.boolean(),
  fc.maxSafeInteger(),
);
const kind = fc.constantFrom("string", "integer", "number", "boolean", "object");
const definition = fc
  .array(fc.record({ type: kind, header: fc.constantFrom("A", "Region", "C-d", "not a token") }), {
    maxLength: 4,
  })
  .map((parameters) => ({
    inputSchema: {
      type: "object",
      properties: Object.fromEntries(
        parameters.map(({ type, header }, at) => [`p${at}`, { type, "x-mcp-header": header }]),
      ),
    },
  }));
const args = fc
  .array(primitive, { maxLength: 4 })
  .map((values) => Object.fromEntries(values.map((value, at) => [`p${at}`, value])));

/** What headers go up, whatever an agent and a tenant put into theirs. */
export const headerProperties: readonly Property[] = [
  forAll(
    "each header that goes up is ours, the tenant's, or one of the few that pass",
    [agentHeaders, storedHeaders, fc.option(visible), fc.option(visible)],
    (agent, configured, sessionId, protocolVersion) => {
      const stored = accepted(configured);
      if (stored === null) return;
      for (const method of ["POST", "GET", "DELETE"] as const) {
        const context = { sessionId, protocolVersion, agentHeaders: agent };
        const headers = requestHeaders(method, stored, context);
        for (const [header, value] of Object.entries(headers)) {
          validateHeaderName(header);
          validateHeaderValue(header, value);
          strictEqual(header, header.toLowerCase());
          ok(isExplained(header, value), `${header}: ${value}`);
        }
        strictEqual(headers["mcp-session-id"], sessionId ?? undefined);
        strictEqual(headers["mcp-protocol-version"], protocolVersion ?? undefined);
        strictEqual(headers["accept-encoding"], "identity");

        function isExplained(header: string, value: string): boolean {
          if (own.has(header)) return !value.startsWith("agent ");
          if (stored !== null && Object.hasOwn(stored, header)) return value === stored[header];
          return passes(header) && value === agent[header];
        }
      }
    },
  ),

  forAll("a value that a header carries is read back unchanged", [text], (value) => {
    const header = encodeHeaderValue(value);
    validateHeaderValue("mcp-name", header);
    strictEqual(header.trim(), header);
    strictEqual(decodeHeaderValue(header), value);
  }),

  forAll(
    "a request passes with its own method and name in the headers, and with no others",
    [fc.constantFrom("tools/call", "prompts/get", "resources/read", "tools/list"), text, text],
    (method, right, other) => {
      const params = { name: right, uri: right };
      const request = { jsonrpc: "2.0", id: 1, method, params } as const;
      const headers = (mirrored: string) => ({
        "mcp-protocol-version": "2026-07-28",
        "mcp-method": method,
        "mcp-name": encodeHeaderValue(mirrored),
      });
      strictEqual(checkStandardHeaders(headers(right), request), null);
      const named = mirroredName(method, params) !== null && right !== other;
      strictEqual(checkStandardHeaders(headers(other), request) === null, !named);
      const misnamed = { ...headers(right), "mcp-method": `${method}s` };
      notStrictEqual(checkStandardHeaders(misnamed, request), null);
    },
  ),

  forAll(
    "arguments that go up in headers are those of the body",
    [definition, args, args, agentHeaders],
    (tool, right, other, agent) => {
      const wanted = findParameterHeaders(tool);
      const built = buildParameterHeaders(wanted, right, agent);
      strictEqual(checkParameterHeaders(wanted, right, built), null);
      for (const header of Object.keys(built)) ok(header.startsWith("mcp-param-"), header);
      for (const { path, header } of wanted) {
        if (!Object.hasOwn(right, path[0] ?? "")) ok(!(header in built), header);
      }
      const repeated = (values: Record<string, unknown>) =>
        wanted.map(({ path: [key = ""] }) => {
          const value = values[key];
          const isLarge = Number.isInteger(value) && !Number.isSafeInteger(value);
          return value === undefined || isLarge ? null : String(value);
        });
      const isSame = repeated(other).every(
        (value, at) => value === null || value === repeated(right)[at],
      );
      if (isSame) strictEqual(checkParameterHeaders(wanted, other, built), null);
      else notStrictEqual(checkParameterHeaders(wanted, other, built), null);
      deepStrictEqual(buildParameterHeaders(wanted, right, built), built);
    },
  ),
];

function headersOf(
  name: fc.Arbitrary<string>,
  value: fc.Arbitrary<string>,
  maxLength: number,
): fc.Arbitrary<Record<string, string>> {
  return fc.array(fc.tuple(name, value), { maxLength }).map(Object.fromEntries);
}

const own = new Set([
  ...["accept", "accept-encoding", "content-type", "user-agent", "last-event-id"],
  ...["mcp-session-id", "mcp-protocol-version"],
]);

function passes(header: string): boolean {
  return (
    ["traceparent", "tracestate", "baggage"].includes(header) || header.startsWith("mcp-param-")
  );
}

function accepted(headers: Record<string, string>): Record<string, string> | null {
  try {
    return checkStoredHeaders(headers);
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}
