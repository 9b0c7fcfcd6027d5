// Bad input: an exact answer that says what to do, and nothing forwarded. Ids in the titles are
// those of the adversarial catalogue.
import { describe, expect, test } from "vitest";
import {
  expectNothingForwarded,
  expectRefusal,
  type RpcError,
  setUpProbe,
} from "#proxy/testing/probe.ts";

const probe = setUpProbe();
const call = (params: string) =>
  `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":${params}}`;

describe("a message that is not JSON-RPC as MCP uses it", () => {
  const version = { code: -32600, message: 'The member "jsonrpc" must be the string "2.0".' };
  const id = {
    code: -32600,
    message: 'The member "id" must be a string or an integer of at most 256 bytes, not null.',
  };
  const params = { code: -32602, message: 'The member "params" must be an object.' };
  const name = {
    code: -32602,
    message:
      'tools/call needs "params.name": a string of 1 to 256 characters without control characters.',
  };
  const args = { code: -32602, message: 'tools/call needs "params.arguments" to be an object.' };
  const mixed = { code: -32600, message: "A message is either a request or a response, not both." };
  const withId = (value: string) =>
    `{"jsonrpc":"2.0","id":${value},"method":"tools/call","params":{"name":"get"}}`;

  test.each<[string, string, RpcError, unknown]>([
    ["version 1.0 (ADV-026)", '{"jsonrpc":"1.0","id":1,"method":"ping"}', version, 1],
    ["a number as version (ADV-026)", '{"jsonrpc":2.0,"id":1,"method":"ping"}', version, 1],
    ["no version (ADV-026)", '{"id":1,"method":"ping"}', version, 1],
    ["an id of null (ADV-024)", withId("null"), id, null],
    ["a fractional id (ADV-024)", withId("1.5"), id, null],
    ["an object as id (ADV-024)", withId("{}"), id, null],
    ["an array as id (ADV-024)", withId("[1]"), id, null],
    ["an id of 64 KB (ADV-024)", withId(`"${"x".repeat(65_536)}"`), id, null],
    [
      "a call without an id, as a notification (ADV-024)",
      '{"jsonrpc":"2.0","method":"tools/call","params":{"name":"get"}}',
      { code: -32600, message: '"tools/call" is a request and needs an "id".' },
      null,
    ],
    [
      "an empty method",
      '{"jsonrpc":"2.0","id":1,"method":""}',
      { code: -32600, message: expect.stringContaining('"method"') },
      1,
    ],
    [
      "a member of its own",
      '{"jsonrpc":"2.0","id":1,"method":"ping","admin":true}',
      { code: -32600, message: 'The member "admin" is not part of JSON-RPC 2.0.' },
      1,
    ],
    [
      "method and result at once (ADV-025)",
      '{"jsonrpc":"2.0","id":1,"method":"tools/call","result":{},"params":{"name":"get"}}',
      mixed,
      1,
    ],
    [
      "a result that is no object (ADV-025)",
      '{"jsonrpc":"2.0","id":1,"result":"ok"}',
      { code: -32600, message: 'The member "result" must be an object.' },
      1,
    ],
    ["params as array (ADV-020)", call('["get"]'), params, 1],
    ["params as string (ADV-020)", call('"get"'), params, 1],
    ["params as number (ADV-020)", call("7"), params, 1],
    ["params as null (ADV-020)", call("null"), params, 1],
    ["no params (ADV-020)", '{"jsonrpc":"2.0","id":1,"method":"tools/call"}', name, 1],
    ["a number as tool name (ADV-020)", call('{"name":7}'), name, 1],
    ["an object as tool name (ADV-020)", call('{"name":{}}'), name, 1],
    ["null as tool name (ADV-020)", call('{"name":null}'), name, 1],
    ["an empty tool name (ADV-020)", call('{"name":""}'), name, 1],
    [
      "a line break in the tool name (ADV-017, ADV-040)",
      call('{"name":"get\\r\\nSet-Cookie: x=1"}'),
      name,
      1,
    ],
    ["arguments as array (ADV-020)", call('{"name":"get","arguments":["delete"]}'), args, 1],
    ["arguments as string (ADV-020)", call('{"name":"get","arguments":"delete"}'), args, 1],
    ["arguments as null (ADV-020)", call('{"name":"get","arguments":null}'), args, 1],
  ])("%s", async (_, body, error, answeredId) => {
    expectRefusal(await probe().send(body), 400, error, answeredId);
  });
});

describe("a method that the gate does not know", () => {
  test.each([
    "tools/Call",
    "tools/call ",
    "tools//call",
    "TOOLS/CALL",
    "tool/call",
    "tasks/update",
    "sampling/createMessage",
    "roots/list",
    "elicitation/create",
    "experimental/x",
    "server/discover",
  ])("%j is answered as not found and not forwarded (ADV-021, ADV-022)", async (method) => {
    const params = { name: "get", arguments: {} };
    const answer = await probe().send(JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }));
    expectRefusal(answer, 200, { code: -32601, message: `Method not found: ${method}` }, 1);
  });

  test("a NUL behind the method is refused as text (ADV-021)", async () => {
    const answer = await probe().send(
      '{"jsonrpc":"2.0","id":1,"method":"tools/call\\u0000","params":{}}',
    );
    expectRefusal(answer, 400, {
      code: -32600,
      message: "The body holds a NUL character in a string.",
    });
  });

  test("an unknown notification is accepted as MCP demands and goes no further", async () => {
    const answer = await probe().send('{"jsonrpc":"2.0","method":"notifications/tools/call"}');
    expect([answer.status, answer.text]).toEqual([202, ""]);
    expectNothingForwarded();
  });

  test.each(["tasks/get", "tasks/result", "tasks/cancel"])(
    "%s of a task that is not the agent's is answered as unknown (ADV-022)",
    async (method) => {
      const params = { taskId: "another-agents-task" };
      const answer = await probe().send(JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }));
      expectRefusal(answer, 200, { code: -32602, message: "Task not found" }, 1);
    },
  );
});
