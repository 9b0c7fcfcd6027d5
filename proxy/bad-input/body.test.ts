// Bad input: an exact answer that says what to do, and nothing forwarded. Ids in the titles are
// those of the adversarial catalogue.
import { describe, expect, test } from "vitest";
import { callBody, listBody } from "#proxy/testing/harness.ts";
import { expectRefusal, type RpcError, setUpProbe } from "#proxy/testing/probe.ts";

const probe = setUpProbe();
const notJson = { code: -32700, message: "The body is not one complete JSON value." };
const call = (params: string) =>
  `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":${params}}`;

describe("a body that is not one JSON-RPC message", () => {
  test.each<[string, string | Uint8Array<ArrayBuffer>, RpcError]>([
    ["empty", "", notJson],
    ["text", "hello", notJson],
    ["cut off", '{"jsonrpc":"2.0","id":1', notJson],
    ["a trailing comma (ADV-016)", '{"jsonrpc":"2.0","id":1,}', notJson],
    ["unquoted keys (ADV-016)", "{jsonrpc:2}", notJson],
    ["a comment (ADV-016)", `${listBody}/*x*/`, notJson],
    ["two values (ADV-016)", `${listBody}${listBody}`, notJson],
    ["NaN (ADV-016)", call('{"name":"get","arguments":{"amount":NaN}}'), notJson],
    ["a leading zero (ADV-016)", call('{"name":"get","arguments":{"amount":01}}'), notJson],
    [
      "a byte order mark",
      `\ufeff${listBody}`,
      { code: -32700, message: "The body starts with a byte order mark." },
    ],
    [
      "invalid UTF-8 (ADV-013)",
      new Uint8Array(
        Buffer.from(`${call('{"name":"get","arguments":{"key":"aXYb"}}')}`).map((byte) =>
          byte === 0x58 ? 0xc0 : byte === 0x59 ? 0xaf : byte,
        ),
      ),
      { code: -32700, message: "The body is not valid UTF-8." },
    ],
    ["null", "null", { code: -32600, message: "A JSON-RPC message is a JSON object." }],
    ["a number", "42", { code: -32600, message: "A JSON-RPC message is a JSON object." }],
    ["a string", '"tools/call"', { code: -32600, message: "A JSON-RPC message is a JSON object." }],
    [
      "a batch of an allowed and a denied call (ADV-018)",
      `[${callBody("get")},${callBody("delete_all")}]`,
      { code: -32600, message: "Batches are not accepted: send one JSON-RPC message per request." },
    ],
    [
      "an empty batch (ADV-018)",
      "[]",
      { code: -32600, message: "Batches are not accepted: send one JSON-RPC message per request." },
    ],
    [
      "a duplicate key (ADV-001)",
      call('{"name":"get","name":"delete_all","arguments":{}}'),
      { code: -32600, message: 'The key "name" appears twice in one object.' },
    ],
    [
      "10,000 levels deep",
      call(`{"name":"get","arguments":{"a":${"[".repeat(10_000)}${"]".repeat(10_000)}}}`),
      { code: -32600, message: "The body nests deeper than 64 levels." },
    ],
    [
      "10,000 objects deep and cut off",
      '{"a":'.repeat(10_000),
      { code: -32600, message: "The body nests deeper than 64 levels." },
    ],
    [
      "300,000 keys (ADV-012)",
      call(
        `{"name":"get","arguments":{${Array.from({ length: 300_000 }, (_, at) => `"k${at}":0`).join()}}}`,
      ),
      { code: -32600, message: "The body holds more than 10000 values." },
    ],
    [
      "a key that changes prototypes (ADV-009)",
      call('{"name":"get","arguments":{"__proto__":{}}}'),
      { code: -32600, message: expect.stringContaining("__proto__") },
    ],
  ])("%s", async (_, body, error) => {
    expectRefusal(await probe().send(body), 400, error);
  });
});

test("after all that the agent's next call works", async () => {
  expect((await probe().send(callBody("get", { key: "still here" }))).text).toContain(
    "get:still here",
  );
});
