// Mirrored headers that lie: an answer that says which, a trace of it, and nothing reaches the server.
import { describe, expect, test } from "vitest";
import { acceptTools } from "#lib/tools/tools.ts";
import { type DualEraFixture, startDualEra } from "#proxy/testing/fixtures/dual-era.ts";
import { gateFixture } from "#proxy/testing/gate-fixture.ts";
import { callBody, type GatedServer, post } from "#proxy/testing/harness.ts";
import { askModern } from "#proxy/testing/modern.ts";
import { startModernStub } from "#proxy/testing/modern-stub.ts";
import { setUpOracleAt } from "#proxy/testing/oracle.ts";
import { headerCases } from "./header-cases.ts";

let fixture: DualEraFixture;
let gated: GatedServer;

const oracle = setUpOracleAt(async (proxy) => {
  fixture = await startDualEra();
  const tools = { test_error_handling: { action: "deny", reason: "Never." } };
  gated = await gateFixture(proxy, fixture, { version: 1, default: "allow", tools });
  return {
    orgId: gated.context.org.id,
    token: gated.agent.token,
    received: () => fixture.ledger.length,
    async next() {
      const { status, body } = await askModern(gated, "tools/call", { name: "test_simple_text" });
      expect([status, body.error, body.result?.isError]).toEqual([200, undefined, undefined]);
    },
    close: () => fixture.close(),
  };
});

describe("a modern request with lying headers:", () => {
  test.each(headerCases.map(({ title, id, ...entry }) => [title, id, entry] as const))(
    "%s (%s)",
    async (_title, _id, { method = "tools/call", params, headers, gets, refused }) => {
      const given = params ?? { name: "test_simple_text" };
      const answer = await oracle.judge(() => askModern(gated, method, given, { headers }), {
        received: 0,
        recorded: [],
        refused: [refused],
      });
      const [status, code, says] = gets;
      expect([answer.status, answer.body.error?.code]).toEqual([status, code]);
      expect(answer.body.error?.message).toContain(says);
      expect(answer.headers.get("cache-control")).toBe("no-store");
    },
  );

  test.each([
    ["as base64", `=?base64?${Buffer.from("test_simple_text").toString("base64")}?=`],
    ["with space around it", " \ttest_simple_text  "],
  ])("the right name %s is right", async (_, value) => {
    const headers = { "mcp-name": value };
    const answer = await askModern(gated, "tools/call", { name: "test_simple_text" }, { headers });
    expect([answer.status, answer.body.error]).toEqual([200, undefined]);
  });

  test("a header of an argument is made from the body, and an unknown one passes (ADV-046)", async () => {
    const params = { name: "test_x_mcp_header", arguments: { region: "eu" } };
    const headers = { "mcp-param-region": "=?base64?ZXU=?=", "mcp-param-evil": "1" };
    const answer = await askModern(gated, "tools/call", params, { headers });
    expect(answer.body.result?.content).toEqual([{ type: "text", text: "Region eu." }]);
    const sent = fixture.ledger.at(-1)?.headers;
    expect([sent?.get("mcp-param-region"), sent?.get("mcp-param-evil")]).toEqual(["eu", "1"]);
    expect([sent?.get("mcp-method"), sent?.get("mcp-name")]).toEqual([
      "tools/call",
      "test_x_mcp_header",
    ]);
  });
});

test.each([{ "mcp-protocol-version": "2025-03-26" }, {}])(
  "the body alone decides about an older revision with the newer one's headers (%j, ADV-048)",
  async (revision) => {
    const headers = { ...revision, "mcp-method": "tools/list", "mcp-name": "test_simple_text" };
    const call = callBody("test_error_handling");
    const answer = await oracle.judge(() => post(gated.url, gated.agent.token, call, headers), {
      received: 0,
      recorded: ["denied"],
    });
    expect(JSON.parse(answer.text).result.content[0].text).toContain("Never.");
  },
);

test("a list that the server calls public is private and not kept (ADV-049)", async () => {
  await using stub = await startModernStub(["alpha", "beta"]);
  const first = await gateFixture(oracle.proxy(), stub, { version: 1, default: "allow" });
  const hidden = { version: 1, default: "allow", tools: { beta: { action: "hide" } } };
  const second = await gateFixture(oracle.proxy(), stub, hidden);
  for (const [server, names] of [
    [first, ["alpha", "beta"]],
    [second, ["alpha"]],
  ] as const) {
    const { body, headers } = await askModern(server, "tools/list");
    expect(body.result).toMatchObject({ cacheScope: "private", ttlMs: 0 });
    expect(body.result).toMatchObject({ tools: names.map((name) => ({ name })) });
    expect(headers.get("cache-control")).toBe("no-store");
  }
});

test("a name that headers cannot carry is encoded on its way up (ADV-050)", async () => {
  const name = "удалить";
  await using stub = await startModernStub([name]);
  const server = await gateFixture(oracle.proxy(), stub, { version: 1, default: "allow" });
  // A name outside the specification's is held until a person accepts it (ADV-052).
  await acceptTools(server.context, { server: server.server.slug, tools: [name] });
  const encoded = `=?base64?${Buffer.from(name).toString("base64")}?=`;
  const headers = { "mcp-name": encoded };
  const answer = await askModern(server, "tools/call", { name }, { headers });
  expect(answer.body).toMatchObject({ result: { content: [{ type: "text", text: name }] } });
  expect(stub.seen.at(-1)?.headers["mcp-name"]).toBe(encoded);
});
