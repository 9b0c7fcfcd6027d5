import { describe, expect, it, test } from "vitest";
import { type JsonRpcRequest, parseToolCall, readMessage } from "./json-rpc.ts";
import { REQUEST_LIMITS, RESPONSE_LIMITS } from "./parse-json.ts";

const read = (text: string) => readMessage(Buffer.from(text), REQUEST_LIMITS);
const request = (id: string) => read(`{"jsonrpc":"2.0","id":${id},"method":"tools/call"}`);

const REFUSED: [
  string,
  string,
  { reason: string; jsonRpcCode: number; id?: string | number | null },
][] = [
  [
    "ADV-018 a batch",
    '[{"jsonrpc":"2.0","id":1,"method":"tools/call"},{"jsonrpc":"2.0","id":2,"method":"tools/call"}]',
    { reason: "batch", jsonRpcCode: -32600, id: null },
  ],
  ["ADV-018 an empty batch", "[]", { reason: "batch", jsonRpcCode: -32600, id: null }],
  ["no object", '"tools/call"', { reason: "not_an_object", jsonRpcCode: -32600, id: null }],
  ["null", "null", { reason: "not_an_object", jsonRpcCode: -32600, id: null }],
  ...["[]", '["delete"]', '"x"', "1", "null", "true"].map((params): (typeof REFUSED)[number] => [
    `ADV-020 params ${params}`,
    `{"jsonrpc":"2.0","id":4,"method":"tools/call","params":${params}}`,
    { reason: "invalid_params", jsonRpcCode: -32602, id: 4 },
  ]),
  ...["null", "1.5", "{}", "[]", "true", `"${"x".repeat(65_536)}"`, `"${"é".repeat(129)}"`].map(
    (id): (typeof REFUSED)[number] => [
      `ADV-024 id ${id.slice(0, 12)}`,
      `{"jsonrpc":"2.0","id":${id},"method":"tools/call"}`,
      { reason: "invalid_id", jsonRpcCode: -32600, id: null },
    ],
  ),
  [
    "ADV-024 an id beyond any number",
    `{"jsonrpc":"2.0","id":1${"0".repeat(400)},"method":"tools/call"}`,
    { reason: "number_out_of_range", jsonRpcCode: -32600, id: null },
  ],
  [
    "ADV-024 tools/call without an id",
    '{"jsonrpc":"2.0","method":"tools/call","params":{"name":"wipe"}}',
    { reason: "missing_id", jsonRpcCode: -32600, id: null },
  ],
  [
    "ADV-025 method and result",
    '{"jsonrpc":"2.0","id":1,"method":"tools/call","result":{},"params":{}}',
    { reason: "mixed_message", jsonRpcCode: -32600, id: 1 },
  ],
  [
    "ADV-025 result and error",
    '{"jsonrpc":"2.0","id":1,"result":{},"error":{"code":1,"message":"x"}}',
    { reason: "mixed_message", jsonRpcCode: -32600, id: 1 },
  ],
  ...['"1.0"', "2.0", '"2"', "null"].map((version): (typeof REFUSED)[number] => [
    `ADV-026 jsonrpc ${version}`,
    `{"jsonrpc":${version},"id":1,"method":"ping"}`,
    { reason: "wrong_version", jsonRpcCode: -32600, id: 1 },
  ]),
  [
    "ADV-026 no jsonrpc",
    '{"id":1,"method":"ping"}',
    { reason: "wrong_version", jsonRpcCode: -32600, id: 1 },
  ],
  [
    "an unknown member",
    '{"jsonrpc":"2.0","id":1,"method":"ping","tenant":"other"}',
    { reason: "unknown_member", jsonRpcCode: -32600, id: 1 },
  ],
  [
    "a method that is no text",
    '{"jsonrpc":"2.0","id":1,"method":7}',
    { reason: "invalid_method", jsonRpcCode: -32600, id: 1 },
  ],
  [
    "no method at all",
    '{"jsonrpc":"2.0","id":1}',
    { reason: "invalid_method", jsonRpcCode: -32600, id: 1 },
  ],
  [
    "a result that is no object",
    '{"jsonrpc":"2.0","id":1,"result":null}',
    { reason: "invalid_response", jsonRpcCode: -32600, id: 1 },
  ],
  [
    "an error without a code",
    '{"jsonrpc":"2.0","id":1,"error":{"message":"x"}}',
    { reason: "invalid_response", jsonRpcCode: -32600, id: 1 },
  ],
  [
    "ADV-001 a duplicate key",
    '{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}',
    { reason: "duplicate_key", jsonRpcCode: -32600, id: null },
  ],
  ["ADV-016 something else", "{jsonrpc:2}", { reason: "not_json", jsonRpcCode: -32700, id: null }],
];

describe("JSON-RPC messages", () => {
  test.each(REFUSED)("%s is refused with HTTP 400", (_name, text, expected) => {
    expect(read(text)).toMatchObject({ kind: "refused", httpStatus: 400, ...expected });
  });

  it.each(["1", "0", "-7", '"abc"', '"__proto__"', '""', '"1"'])(
    "accepts the id %s unchanged",
    (id) => {
      expect(request(id)).toMatchObject({ kind: "request", message: { id: JSON.parse(id) } });
    },
  );

  it("keeps the method byte for byte, so near misses are not tools/call (ADV-021)", () => {
    for (const method of ["tools/Call", "tools/call ", "tools//call", "TOOLS/CALL", "tool/call"]) {
      const parsed = read(`{"jsonrpc":"2.0","id":1,"method":${JSON.stringify(method)}}`);
      expect(parsed).toMatchObject({ kind: "request", message: { method } });
    }
    expect(read('{"jsonrpc":"2.0","id":1,"method":"tools/call\\u0000"}').kind).toBe("refused");
  });

  it("tells notifications and responses from requests", () => {
    expect(read('{"jsonrpc":"2.0","method":"notifications/initialized"}').kind).toBe(
      "notification",
    );
    expect(read('{"jsonrpc":"2.0","id":1,"result":{}}').kind).toBe("response");
    const error = '{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"x"}}';
    expect(readMessage(Buffer.from(error), RESPONSE_LIMITS)).toMatchObject({
      kind: "response",
      message: { id: null },
    });
  });
});

describe("tools/call parameters", () => {
  const parse = (params: unknown) =>
    parseToolCall({ jsonrpc: "2.0", id: 9, method: "tools/call", params } as JsonRpcRequest);

  it.each([
    { arguments: {} },
    { name: 7 },
    { name: null },
    { name: {} },
    { name: "" },
    { name: "x".repeat(257) },
    { name: "get\u0000delete_all" },
    { name: "get\ndelete_all" },
    { name: "get", arguments: ["delete"] },
    { name: "get", arguments: "delete" },
    { name: "get", arguments: null },
  ])("ADV-020 %j is refused as invalid parameters", (params) => {
    expect(parse(params)).toMatchObject({
      kind: "refused",
      jsonRpcCode: -32602,
      id: 9,
      httpStatus: 400,
    });
  });

  it("reads absent arguments as none", () => {
    expect(parse({ name: "get" })).toEqual({ name: "get", arguments: {} });
  });
});
