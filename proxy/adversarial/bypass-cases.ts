import type { RefusalReason } from "#lib/policy/refusal-reasons.ts";
import { callBody } from "#proxy/testing/harness.ts";

/** One request on its way around the gate, in a session; nothing of it reaches the server. */
export interface BypassCase {
  /** Of the protocol notes' table of bypass classes. */
  row: string;
  title: string;
  body: string | Uint8Array<ArrayBuffer>;
  headers?: Record<string, string>;
  /** HTTP status and JSON-RPC code; null where there is no answer. */
  gets: [status: number, code: number | null];
  /** The decision on record, or the reason that is counted; nothing where it is dropped. */
  leaves: { recorded?: string; refused?: RefusalReason };
}

const ask = (method: string, params: object) =>
  JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
const withArguments = (text: string) => callBody("get", {}).replace("{}", text);

/** Bodies of which two readers could make two requests. */
const ambiguous: BypassCase[] = (
  [
    ["two methods", callBody("delete_all").replace("{", '{"method":"tools/list",'), "keys"],
    ["two names", callBody("get").replace('"name"', '"name":"delete_all","name"'), "keys"],
    [
      "__proto__",
      ask("tools/call", { p: 0 }).replace('"p":0', '"__proto__":{"name":"get"}'),
      "keys",
    ],
    ["a huge number", withArguments('{"n":1e999}'), "json"],
    ["half a character", withArguments('{"s":"\\udfff"}'), "json"],
  ] as const
).map(([title, body, refused]) => ({
  row: "row 2",
  title,
  body,
  gets: [400, -32600],
  leaves: { refused },
}));

/** Bodies that are not plain JSON of a reasonable size. */
const encoded: BypassCase[] = [
  {
    row: "row 2",
    title: "a byte order mark",
    body: `\ufeff${callBody("get")}`,
    gets: [400, -32700],
    leaves: { refused: "json" },
  },
  {
    row: "row 5",
    title: "a call as text",
    body: callBody("get"),
    headers: { "content-type": "text/plain" },
    gets: [415, -32600],
    leaves: { refused: "content" },
  },
  {
    row: "row 5",
    title: "a call that claims to be packed",
    body: callBody("get"),
    headers: { "content-encoding": "gzip" },
    gets: [415, -32600],
    leaves: { refused: "content" },
  },
  {
    row: "row 5",
    title: "a call as UTF-16",
    body: new Uint8Array(Buffer.from(callBody("get"), "utf16le")),
    gets: [400, -32700],
    leaves: { refused: "json" },
  },
  {
    row: "row 5",
    title: "a call of five megabytes",
    body: callBody("get", { key: "x".repeat(5_000_000) }),
    gets: [413, -32600],
    leaves: { refused: "size" },
  },
];

/** What is no tool is gated as well, and what nobody knows goes nowhere. */
const otherMethods: BypassCase[] = [
  ...(
    [
      ["prompts/get", { name: "x" }, -32602, { recorded: "hidden" }],
      ["resources/read", { uri: "file:///etc/passwd" }, -32002, { recorded: "hidden" }],
      ["resources/subscribe", { uri: "file:///etc/passwd" }, -32002, { refused: "access" }],
      [
        "completion/complete",
        { ref: { type: "ref/prompt", name: "x" }, argument: {} },
        -32602,
        { refused: "access" },
      ],
      ["vendor/run", { name: "delete_all" }, -32601, { refused: "method" }],
      ["server/discover", {}, -32601, { refused: "method" }],
      ["subscriptions/listen", {}, -32601, { refused: "method" }],
    ] as const
  ).map(
    ([method, params, code, leaves]): BypassCase => ({
      row: "row 9",
      title: method,
      body: ask(method, params),
      gets: [200, code],
      leaves,
    }),
  ),
  {
    row: "row 9",
    title: "a notification that nobody knows",
    body: '{"jsonrpc":"2.0","method":"notifications/vendor"}',
    gets: [202, null],
    leaves: {},
  },
];

/** At the official SDK's server, which runs whatever reaches it. */
export const bodyCases: readonly BypassCase[] = [...ambiguous, ...encoded];

/** At a server that knows everything but tools as well. */
export const methodCases: readonly BypassCase[] = [
  ...otherMethods,
  {
    row: "row 10",
    title: "an answer to a question nobody asked",
    body: '{"jsonrpc":"2.0","id":1,"result":{"action":"accept"}}',
    gets: [400, -32600],
    leaves: { refused: "unasked" },
  },
];
