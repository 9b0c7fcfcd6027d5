// Bad input: an exact answer that says what to do, and nothing forwarded. Ids in the titles are
// those of the adversarial catalogue.
import { describe, expect, test } from "vitest";
import { callBody, initializeBody, post } from "#proxy/testing/harness.ts";
import {
  expectNothingForwarded,
  expectRefusal,
  type RpcError,
  setUpProbe,
} from "#proxy/testing/probe.ts";

const probe = setUpProbe();
const call = (params: string) =>
  `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":${params}}`;

describe("an HTTP request that is not for the gate", () => {
  const fetchText = async (path: string, init: RequestInit) => {
    const answer = await fetch(probe().proxy.origin + path, init);
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  };
  const path = () => new URL(probe().server.url).pathname;
  const json = { code: -32600, message: "Send Content-Type: application/json." };

  test.each<[string, Record<string, string>, number, RpcError]>([
    ["text/plain, as a web form sends it (ADV-034)", { "content-type": "text/plain" }, 415, json],
    ["a form (ADV-034)", { "content-type": "multipart/form-data; boundary=x" }, 415, json],
    ["no content type (ADV-034)", { "content-type": "" }, 415, json],
    ["a type that only starts alike", { "content-type": "application/json-patch+json" }, 415, json],
    [
      "a gzip body (ADV-038)",
      { "content-encoding": "gzip" },
      415,
      { code: -32600, message: "Send the body without Content-Encoding." },
    ],
    [
      "two encodings (ADV-038)",
      { "content-encoding": "gzip, gzip" },
      415,
      { code: -32600, message: "Send the body without Content-Encoding." },
    ],
    [
      "a client that takes no JSON",
      { accept: "text/html" },
      406,
      { code: 406, message: "Accept must list both application/json and text/event-stream." },
    ],
    [
      "a client that takes no events",
      { accept: "application/json" },
      406,
      { code: 406, message: "Accept must list both application/json and text/event-stream." },
    ],
    [
      "a foreign web origin",
      { origin: "https://evil.test" },
      403,
      { code: 403, message: "Requests from this web origin are not accepted." },
    ],
    [
      "a web origin of null",
      { origin: "null" },
      403,
      { code: 403, message: "Requests from this web origin are not accepted." },
    ],
  ])("%s", async (_, headers, status, error) => {
    expectRefusal(await probe().send(callBody("get"), headers), status, error);
  });

  test("our own web origin passes", async () => {
    const answer = await probe().send(callBody("get", { key: "k" }), {
      origin: "http://dashboard.test",
    });
    expect(answer.text).toContain("get:k");
  });

  test.each(["PUT", "PATCH", "OPTIONS"])("%s is not a method of MCP (ADV-034)", async (method) => {
    const body = method === "OPTIONS" ? null : callBody("get");
    const answer = await fetchText(path(), {
      method,
      body,
      headers: { authorization: `Bearer ${probe().server.agent.token}` },
    });
    expect([answer.status, answer.headers.get("allow")]).toEqual([405, "POST, GET, DELETE"]);
    expect(JSON.parse(answer.text).error).toEqual({
      code: 405,
      message: "Only POST, GET, DELETE are accepted here.",
    });
    expectNothingForwarded();
  });

  test.each<[string, (own: string) => string]>([
    ["the root", () => "/"],
    ["another path", () => "/admin"],
    ["no org at all", () => "/mcp"],
    ["one segment more", (own) => `${own}/tools`],
    ["an encoded slash (ADV-033)", (own) => own.replace(/\/([^/]*)$/, "%2f$1")],
    ["encoded dots (ADV-033)", (own) => `${own}/%2e%2e%2fother`],
    ["double slashes (ADV-033)", (own) => own.replaceAll("/", "//")],
    ["a path parameter (ADV-033)", (own) => `${own};x=/other`],
    ["upper case (ADV-033)", (own) => own.toUpperCase()],
    ["a trailing slash (ADV-033)", (own) => `${own}/`],
    ["an org's own address with a trailing slash (ADV-033)", (own) => own.replace(/[^/]*$/, "")],
    ["a trailing dot (ADV-033)", (own) => `${own}.`],
    ["a NUL (ADV-033)", (own) => `${own}%00`],
    ["an overlong slug (ADV-033)", (own) => `${own}${"a".repeat(100)}`],
  ])("%s is not found", async (_, pathOf) => {
    const answer = await post(
      probe().proxy.origin + pathOf(path()),
      probe().server.agent.token,
      initializeBody,
    );
    expectRefusal(answer, 404, {
      code: 404,
      message: "Not found. Agents use /mcp/{org}/{server}.",
    });
  });

  test("a body of 5 MiB is refused unread", async () => {
    const body = call(`{"name":"get","arguments":{"key":"${"x".repeat(5 * 1024 * 1024)}"}}`);
    expectRefusal(await probe().send(body), 413, {
      code: -32600,
      message: "The body is larger than the 4 MiB accepted.",
    });
  });
});
