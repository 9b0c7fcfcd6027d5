import type { RefusalReason } from "#lib/policy/refusal-reasons.ts";
import type { EarlyReason } from "#proxy/receive/early-refusals.ts";

/**
 * What an agent sends and what comes of it; nothing reaches the server. A call is recorded, anything else
 * that is refused is counted: for the agent's page, or in the log where nobody asked yet whose it is.
 */
export interface RequestCase {
  /** Ids of the catalogue that this case is of. */
  id: string;
  title: string;
  /** A text, or bytes as base64. */
  body: string | { base64: string };
  method?: string;
  headers?: Record<string, string>;
  /** After the server's own path. */
  path?: string;
  /** HTTP status, JSON-RPC code and a part of the message. */
  gets: [status: number, code: number, says: string];
  /** One of the three: the decision on record, or the reason that is counted. */
  leaves: { recorded: "denied" | "hidden" } | { refused: RefusalReason } | { early: EarlyReason };
}

type Row = [title: string, body: RequestCase["body"]];

const call = (params: string) =>
  `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":${params}}`;
const withArguments = (args: string) => call(`{"name":"get","arguments":${args}}`);
const withId = (id: string) =>
  `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"get"}}`;
const ping = (method: string) => JSON.stringify({ jsonrpc: "2.0", id: 1, method, params: {} });
const base64 = (text: string, encoding: BufferEncoding) => ({
  base64: Buffer.from(text, encoding).toString("base64"),
});

function alike(
  id: string,
  gets: RequestCase["gets"],
  refused: RefusalReason,
  rows: readonly Row[],
): RequestCase[] {
  return rows.map(([title, body]) => ({ id, title, body, gets, leaves: { refused } }));
}

/** Tool names that look like one on record and are another, with the catalogue's tricks. */
const lookAlikes = [
  ["a Cyrillic letter", "dеlete_all"],
  ["full-width letters", "ｄｅｌｅｔｅ_all"],
  ["a zero-width space", "delete\u200b_all"],
  ["a right-to-left override", "\u202edelete_all"],
  ["a combining accent", "ge\u0301t"],
  ["the Kelvin sign", "\u212aey"],
  ["other case", "GET"],
  ["a space behind it", "get "],
  ["a path", "get/../delete_all"],
  ["a wildcard", "*"],
  ["a name of every object", "__proto__"],
  ["a method of every object", "constructor"],
];

export const requestCases: RequestCase[] = [
  ...alike("ADV-001", [400, -32600, 'The key "name" appears twice'], "keys", [
    ["an allowed name, then a denied one", call('{"name":"get","name":"delete_all"}')],
    ["the mirror order", call('{"name":"delete_all","name":"get"}')],
  ]),
  ...alike("ADV-002", [400, -32600, 'The key "name" appears twice'], "keys", [
    ["the second one escaped", call('{"name":"get","na\\u006de":"delete_all"}')],
  ]),
  ...alike("ADV-004", [400, -32600, "appears twice"], "keys", [
    ["equal values under one key", withArguments('{"a":1,"a":1}')],
    ["two methods", ping("ping").replace("{", '{"method":"tools/call",')],
  ]),
  ...alike("ADV-006", [400, -32600, "The body holds a"], "json", [
    ["a number beyond any", withArguments('{"amount":1e400}')],
    ["its negative", withArguments('{"amount":-1e400}')],
    ["an integer that would change", withArguments('{"amount":9007199254740993}')],
  ]),
  ...alike("ADV-009", [400, -32600, "key"], "keys", [
    ["a __proto__ key", withArguments('{"__proto__":{"isAdmin":true}}')],
    ["constructor.prototype", withArguments('{"constructor":{"prototype":{"isAdmin":true}}}')],
  ]),
  ...alike("ADV-012", [400, -32600, "values"], "json", [
    ["more values than are read", withArguments(`[${"0,".repeat(10_000)}0]`)],
  ]),
  ...alike("ADV-012", [413, -32600, "larger than"], "size", [
    ["300,000 keys", withArguments(`{${'"key-of-an-object":1,'.repeat(300_000)}"z":1}`)],
  ]),
  ...alike("ADV-013", [400, -32700, "UTF-8"], "json", [
    ["an overlong slash", base64('{"a":"\xc0\xaf"}', "latin1")],
    ["a raw surrogate", base64('{"a":"\xed\xa0\x80"}', "latin1")],
    ["UTF-16", base64('\ufeff{"a":1}', "utf16le")],
  ]),
  ...alike("ADV-014", [400, -32600, "surrogate"], "json", [
    ["half a character", withArguments('{"s":"\\ud800"}')],
  ]),
  ...alike("ADV-016", [400, -32700, ""], "json", [
    ["a comma at the end", '{"a":1,}'],
    ["a key without quotes", "{a:1}"],
    ["a comment", '{"a":1}/*x*/'],
    ["two objects", '{"a":1}{"b":2}'],
    ["NaN", withArguments('{"a":NaN}')],
    ["a leading zero", withArguments('{"a":01}')],
    ["nothing", ""],
  ]),
  ...alike("ADV-017", [400, -32600, "NUL"], "json", [
    ["NUL in an argument", withArguments('{"path":"/safe\\u0000/../etc"}')],
    ["NUL in the tool's name", call('{"name":"get\\u0000delete_all"}')],
  ]),
  ...alike("ADV-017, ADV-040", [400, -32602, "params.name"], "message", [
    ["line breaks in the tool's name", call('{"name":"get\\r\\nSet-Cookie: x=1"}')],
  ]),

  ...alike("ADV-018", [400, -32600, "Batches"], "message", [
    [
      "an allowed and a denied call at once",
      `[${call('{"name":"get"}')},${call('{"name":"delete_all"}')}]`,
    ],
    ["one call in an array", `[${call('{"name":"get"}')}]`],
    ["an empty array", "[]"],
  ]),
  ...alike("ADV-020", [400, -32602, "params"], "message", [
    ["params as array", call('["get"]')],
    ["params as null", call("null")],
    ["a number as name", call('{"name":7}')],
    ["arguments as array", call('{"name":"get","arguments":["delete"]}')],
    ["arguments as text", call('{"name":"get","arguments":"delete"}')],
  ]),
  ...alike(
    "ADV-021",
    [200, -32601, "Method not found: "],
    "method",
    ["tools/Call", "tools/call ", "tools//call", "TOOLS/CALL", "tool/call"].map(
      (method): Row => [method, ping(method)],
    ),
  ),
  ...alike(
    "ADV-022",
    [200, -32601, "Method not found: "],
    "method",
    [
      "experimental/x",
      "sampling/createMessage",
      "roots/list",
      "elicitation/create",
      "tasks/update",
      "resources/write",
      "rpc.discover",
    ].map((method): Row => [method, ping(method)]),
  ),
  ...alike("ADV-024", [400, -32600, '"id"'], "message", [
    ["an id of null", withId("null")],
    ["a fractional id", withId("1.5")],
    ["an object as id", withId("{}")],
    ["an id of 64 KB", withId(`"${"x".repeat(65_536)}"`)],
    ["no id", '{"jsonrpc":"2.0","method":"tools/call","params":{"name":"get"}}'],
  ]),
  ...alike("ADV-025", [400, -32600, "did not ask"], "unasked", [
    ["an answer nobody waits for", '{"jsonrpc":"2.0","id":1,"result":{}}'],
    ["an error nobody waits for", '{"jsonrpc":"2.0","id":"x","error":{"code":1,"message":"x"}}'],
  ]),
  ...alike("ADV-025", [400, -32600, "either a request or a response"], "message", [
    [
      "method and result at once",
      '{"jsonrpc":"2.0","id":1,"method":"tools/call","result":{},"params":{"name":"get"}}',
    ],
  ]),
  ...alike("ADV-026", [400, -32600, '"jsonrpc"'], "message", [
    ["version 1.0", '{"jsonrpc":"1.0","id":1,"method":"ping"}'],
    ["version 2.0 as a number", '{"jsonrpc":2.0,"id":1,"method":"ping"}'],
    ["no version", '{"id":1,"method":"ping"}'],
  ]),

  ...["text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", ""].map(
    (type): RequestCase => ({
      id: "ADV-034",
      title: `content type ${type || "left out"}`,
      body: call('{"name":"get"}'),
      headers: { "content-type": type },
      gets: [415, -32600, "application/json"],
      leaves: { refused: "content" },
    }),
  ),
  ...["gzip", "br", "gzip, gzip"].map(
    (encoding): RequestCase => ({
      id: "ADV-038",
      title: `content encoding ${encoding}`,
      body: call('{"name":"get"}'),
      headers: { "content-encoding": encoding },
      gets: [415, -32600, "Content-Encoding"],
      leaves: { refused: "content" },
    }),
  ),
  ...["%2f..%2fother", ";x=/other", "/extra", ".", "%00"].map(
    (path): RequestCase => ({
      id: "ADV-033",
      title: `the path goes on with ${path}`,
      path,
      body: call('{"name":"get"}'),
      gets: [404, 404, "Not found"],
      leaves: { early: "path" },
    }),
  ),
  {
    id: "ADV-033",
    title: "the path goes back to another server",
    path: "/../other",
    body: call('{"name":"get"}'),
    gets: [404, 404, "no such server"],
    leaves: { refused: "server" },
  },
  ...["PUT", "PATCH"].map(
    (method): RequestCase => ({
      id: "ADV-034",
      title: `${method} with a call`,
      method,
      body: call('{"name":"get"}'),
      gets: [405, 405, "Only POST, GET, DELETE"],
      leaves: { refused: "method" },
    }),
  ),
  {
    id: "ADV-042, ADV-032",
    title: "headers that claim to be somebody else change nothing",
    headers: {
      "x-middleware-subrequest": "middleware",
      "x-tenant-id": "other",
      "x-user-id": "owner",
      "x-mcp-authorized": "true",
      "x-forwarded-host": "other.test",
      "x-forwarded-for": "127.0.0.1",
    },
    body: call('{"name":"delete_all"}'),
    gets: [200, 0, "Blocked by policy"],
    leaves: { recorded: "denied" },
  },

  ...lookAlikes.map(
    ([title = "", name = ""]): RequestCase => ({
      id: "ADV-052",
      title,
      body: call(JSON.stringify({ name, arguments: {} })),
      gets: [200, -32602, `Unknown tool: ${name}`],
      leaves: { recorded: "hidden" },
    }),
  ),
  {
    id: "ADV-053",
    title: "a hidden tool by its name",
    body: call('{"name":"secret_tool"}'),
    gets: [200, -32602, "Unknown tool: secret_tool"],
    leaves: { recorded: "hidden" },
  },
];
