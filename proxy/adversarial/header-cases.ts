import type { RefusalReason } from "#lib/policy/refusal-reasons.ts";

/** What a modern agent sends in headers beside an honest body, and what comes of it. */
export interface HeaderCase {
  /** Ids of the catalogue that this case is of. */
  id: string;
  title: string;
  /** A call of `test_simple_text` when absent. */
  method?: string;
  params?: Record<string, unknown>;
  /** Replace the right ones; null leaves one out. */
  headers: Record<string, string | null>;
  /** HTTP status, JSON-RPC code and a part of the message. */
  gets: [status: number, code: number, says: string];
  /** The reason that is counted for the agent's page. */
  refused: RefusalReason;
}

const sentinel = (text: string) => `=?base64?${Buffer.from(text).toString("base64")}?=`;
const mismatch = -32020;

const name = "test_simple_text";
const region = { name: "test_x_mcp_header", arguments: { region: "eu" } };

function names(id: string, says: string, rows: readonly [string, string][]): HeaderCase[] {
  return rows.map(([title, value]) => ({
    id,
    title,
    headers: { "mcp-name": value },
    gets: [400, mismatch, says],
    refused: "headers",
  }));
}

export const headerCases: HeaderCase[] = [
  {
    id: "ADV-044",
    title: "no Mcp-Method",
    headers: { "mcp-method": null },
    gets: [400, mismatch, "Mcp-Method is missing"],
    refused: "headers",
  },
  {
    id: "ADV-044",
    title: "no Mcp-Name on a tool call",
    headers: { "mcp-name": null },
    gets: [400, mismatch, "Mcp-Name is missing for tools/call"],
    refused: "headers",
  },
  {
    id: "ADV-044",
    title: "no Mcp-Name on a prompt",
    method: "prompts/get",
    params: { name: "test_simple_prompt" },
    headers: { "mcp-name": null },
    gets: [400, mismatch, "Mcp-Name is missing for prompts/get"],
    refused: "headers",
  },
  {
    id: "ADV-044",
    title: "no Mcp-Name on a resource",
    method: "resources/read",
    params: { uri: "test://static-text" },
    headers: { "mcp-name": null },
    gets: [400, mismatch, "Mcp-Name is missing for resources/read"],
    refused: "headers",
  },
  {
    id: "ADV-044",
    title: "no MCP-Protocol-Version",
    headers: { "mcp-protocol-version": null },
    gets: [400, mismatch, "MCP-Protocol-Version is missing"],
    refused: "headers",
  },
  {
    id: "row 3",
    title: "the header names a listing, the body is a call",
    headers: { "mcp-method": "tools/list", "mcp-name": null },
    gets: [400, mismatch, "Mcp-Method says"],
    refused: "headers",
  },
  {
    id: "row 3",
    title: "the method in capitals",
    headers: { "mcp-method": "TOOLS/CALL" },
    gets: [400, mismatch, "Mcp-Method says"],
    refused: "headers",
  },
  ...names("row 3", "Mcp-Name differs", [
    ["the header names another tool", "test_error_handling"],
    ["the name in another case", "Test_Simple_Text"],
    ["the name and more", `${name}, test_error_handling`],
  ]),
  {
    id: "row 3",
    title: "the header names a harmless resource",
    method: "resources/read",
    params: { uri: "test://static-binary" },
    headers: { "mcp-name": "test://static-text" },
    gets: [400, mismatch, "Mcp-Name differs"],
    refused: "headers",
  },
  ...names("ADV-045, row 4", "Mcp-Name differs", [
    ["another tool's name as base64", sentinel("delete_all")],
    ["the sentinel in capitals", sentinel(name).replace("base64", "BASE64")],
    ["encoded twice", sentinel(sentinel(name))],
    ["a look-alike letter as base64", sentinel("test_simple_tеxt")],
    ["a space behind the name, as base64", sentinel(`${name} `)],
    ["a sentinel that does not end", sentinel(name).slice(0, -1)],
    ["nothing as base64", "=?base64??="],
  ]),
  ...names("ADV-045, row 4", "invalid =?base64?…?=", [
    ["letters that are not base64", "=?base64?dGVz!!!?="],
    [
      "no padding",
      sentinel(name)
        .replace(/=+\?=$/, "?=")
        .replace("dGVzdF9", "dGVzdF9"),
    ],
    ["bits that are left over", "=?base64?ZB==?="],
    ["bytes that are not text", "=?base64?/w==?="],
  ]),
  {
    id: "ADV-046",
    title: "an argument's header differs from the body",
    params: region,
    headers: { "mcp-param-region": "us" },
    gets: [400, mismatch, "mcp-param-region differs from region"],
    refused: "headers",
  },
  {
    id: "ADV-046",
    title: "an argument's header is missing",
    params: region,
    headers: {},
    gets: [400, mismatch, "mcp-param-region is missing"],
    refused: "headers",
  },
  {
    id: "ADV-046",
    title: "an argument's header is not canonical",
    params: region,
    headers: { "mcp-param-region": "=?base64?ZXV=?=" },
    gets: [400, mismatch, "invalid =?base64?…?="],
    refused: "headers",
  },
  {
    id: "ADV-048",
    title: "a revision that does not exist yet",
    params: { _meta: unknownRevision("2031-01-01"), name },
    headers: { "mcp-protocol-version": "2031-01-01" },
    gets: [400, -32022, "Unsupported protocol version: 2031-01-01"],
    refused: "revision",
  },
  {
    id: "ADV-048",
    title: "an older revision than the body's",
    headers: { "mcp-protocol-version": "2025-03-26" },
    gets: [400, mismatch, "MCP-Protocol-Version says 2025-03-26"],
    refused: "headers",
  },
  {
    id: "ADV-048",
    title: "an older revision by way of the newer one's envelope",
    params: { _meta: unknownRevision("2025-11-25"), name },
    headers: { "mcp-protocol-version": "2025-11-25" },
    gets: [400, -32022, "Unsupported protocol version: 2025-11-25"],
    refused: "revision",
  },
];

function unknownRevision(revision: string) {
  return {
    "io.modelcontextprotocol/protocolVersion": revision,
    "io.modelcontextprotocol/clientCapabilities": {},
  };
}
