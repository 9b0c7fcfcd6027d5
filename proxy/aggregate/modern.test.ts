// Agents of 2026-07-28 at the one address of all servers, whatever era each server speaks.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { database } from "#lib/db.ts";
import { makeAgent } from "#lib/testing/factories.ts";
import { type DualEraFixture, startDualEra } from "#proxy/testing/fixtures/dual-era.ts";
import { type LegacyFixture, startLegacy } from "#proxy/testing/fixtures/legacy.ts";
import { dead, discovered, everything, type Fleet, makeFleet } from "#proxy/testing/fleet.ts";
import { startProxy, type TestProxy } from "#proxy/testing/harness.ts";
import { askModern, mirrorOf } from "#proxy/testing/modern.ts";
import { startScriptedServer } from "#proxy/testing/scripted-server.ts";

const text = "test_simple_text";
const policy = {
  version: 1,
  default: "deny",
  tools: {
    [text]: { action: "allow" },
    test_image_content: { action: "deny", reason: "No pictures." },
    test_multiple_content_types: { action: "hide" },
    test_logging_tool: { action: "allow", rate_limit: { max: 1, window: 300 } },
    test_input_required_result_request_state: { action: "allow" },
    test_elicitation: { action: "allow" },
    test_x_mcp_header: { action: "allow" },
  },
  prompts: { "*": { action: "allow" }, test_prompt_with_image: { action: "hide" } },
  resources: { "*": { action: "allow" }, "test://static-binary": { action: "hide" } },
};
const programPolicy = { version: 1, default: "deny", tools: { echo: { action: "allow" } } };

let dual: DualEraFixture;
let modern: DualEraFixture;
let legacy: LegacyFixture;
let proxy: TestProxy;
let fleet: Fleet;

beforeAll(async () => {
  proxy = await startProxy();
  dual = await startDualEra();
  modern = await startDualEra({ legacy: false });
  legacy = await startLegacy();
  fleet = await allKinds();
});

afterAll(async () => {
  await proxy.close();
  for (const server of [dual, modern, legacy]) await server.close();
});

async function allKinds(): Promise<Fleet> {
  return makeFleet(proxy, {
    dead,
    dual: await discovered(dual, policy),
    modern: await discovered(modern, policy),
    program: everything(programPolicy),
    sessions: await discovered(legacy, policy),
  });
}

const call = (from: Parameters<typeof askModern>[0], name: string, args = {}) =>
  askModern(from, "tools/call", { name, arguments: args });

/** Names of what a list holds. */
function namesIn(list: unknown): string[] {
  const entries = Array.isArray(list) ? list : [];
  return entries.map(({ name }: { name: string }) => name);
}

const fixtures: [slug: string, fixture: () => DualEraFixture | LegacyFixture][] = [
  ["dual", () => dual],
  ["modern", () => modern],
  ["sessions", () => legacy],
];

test("the address tells what it can do, and nothing of it may be kept", async () => {
  const { status, headers, body } = await askModern(fleet, "server/discover");
  expect([status, headers.get("mcp-session-id")]).toEqual([200, null]);
  expect(body.result).toMatchObject({
    resultType: "complete",
    supportedVersions: ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"],
    ttlMs: 0,
    cacheScope: "private",
    instructions: expect.stringContaining("two underscores"),
  });
  expect(Object.keys(body.result?.capabilities ?? {})).toEqual([
    "tools",
    "prompts",
    "resources",
    "completions",
    "logging",
  ]);
});

describe("a list", () => {
  test("has the tools of servers of every era, and names the one that is away", async () => {
    const { body } = await askModern(fleet, "tools/list");
    const { tools, _meta, ...rest } = body.result ?? {};
    const names = namesIn(tools);
    const own = [
      text,
      "test_image_content",
      "test_logging_tool",
      "test_input_required_result_request_state",
      "test_elicitation",
      "test_x_mcp_header",
    ];
    for (const slug of ["dual", "modern"]) {
      const listed = names.filter((name) => name.startsWith(`${slug}__`));
      expect(listed.toSorted()).toEqual(own.map((name) => `${slug}__${name}`).toSorted());
    }
    expect(names.filter((name) => name.startsWith("program__"))).toEqual(["program__echo"]);
    expect(names).toContain(`sessions__${text}`);
    expect(names.map((name) => name.split("__")[0])).toEqual(
      names.map((name) => name.split("__")[0]).toSorted(),
    );
    expect(rest).toEqual({ resultType: "complete", ttlMs: 0, cacheScope: "private" });
    expect(_meta).toEqual({
      "dev.callgate/unavailable": [
        { server: "dead", reason: expect.stringContaining("it cannot be reached") },
      ],
    });
  });

  test("that a server does not have is no trouble of that server", async () => {
    const own = await makeFleet(proxy, { program: everything(programPolicy) });
    await using bare = await startScriptedServer();
    const both = await makeFleet(proxy, {
      bare: { ...bare, document: policy },
      dual: await discovered(dual, policy),
    });
    const { body } = await askModern(both, "prompts/list");
    expect(body.result?._meta).toBeUndefined();
    const prompts = namesIn(body.result?.prompts);
    expect(prompts.length).toBeGreaterThan(0);
    expect(prompts.every((name) => name.startsWith("dual__"))).toBe(true);
    const templates = await askModern(own, "resources/templates/list");
    expect(templates.body.result?._meta).toBeUndefined();
  });

  test("of several pages goes on by cursors that serve nobody else", async () => {
    await using paged = await startScriptedServer();
    const pages = new Map([
      [undefined, { tools: [{ name: "get", inputSchema: { type: "object" } }], nextCursor: "p2" }],
      ["p2", { tools: [{ name: "delete_all", inputSchema: { type: "object" } }] }],
    ]);
    paged.scripts.set("tools/list", ({ params }) => ({
      result: pages.get((params as { cursor?: string } | undefined)?.cursor),
    }));
    const document = { version: 1, default: "allow" };
    const own = await makeFleet(proxy, {
      modern: await discovered(modern, policy),
      paged: { ...paged, document },
      "z-last": { ...everything(programPolicy) },
    });
    const first = (await askModern(own, "tools/list")).body.result;
    const cursor = String(first?.nextCursor);
    const second = (await askModern(own, "tools/list", { cursor })).body.result;
    expect(namesIn(first?.tools).at(-1)).toBe("paged__get");
    expect(namesIn(second?.tools)).toEqual(["paged__delete_all", "z-last__echo"]);
    expect([second?.nextCursor, second?.cacheScope]).toEqual([undefined, "private"]);
    const neighbour = await makeAgent(own.context, { servers: Object.values(own.servers) });
    for (const answer of [
      await askModern({ ...own, agent: neighbour }, "tools/list", { cursor }),
      await askModern(own, "prompts/list", { cursor }),
      await askModern(own, "tools/list", { cursor: `${cursor}x` }),
      await askModern(own, "tools/list", { cursor: "p2" }),
    ]) {
      expect(answer.body.error?.code).toBe(-32602);
    }
  });
});

describe.each(fixtures)("a call to the server %s", (slug, fixture) => {
  test("is allowed, denied, limited or unknown by that server's rules, and recorded as its own", async () => {
    const own = await allKinds();
    const before = fixture().executed.length;
    const allowed = await call(own, `${slug}__${text}`);
    expect(allowed.body.result).toMatchObject({
      resultType: "complete",
      content: [{ type: "text", text: "This is a simple text response for testing." }],
    });
    const denied = (await call(own, `${slug}__test_image_content`)).body.result;
    expect(denied).toMatchObject({ resultType: "complete", isError: true });
    expect(JSON.stringify(denied)).toContain(`this call of ${slug}__test_image_content on server`);
    await call(own, `${slug}__test_logging_tool`);
    const limited = (await call(own, `${slug}__test_logging_tool`)).body.result;
    expect(JSON.stringify(limited)).toContain("Rate limit reached");
    const names = ["test_multiple_content_types", "test_multiple_content_tapes"];
    const [hidden, unknown] = await Promise.all(
      names.map(async (name) => {
        const answer = await call(own, `${slug}__${name}`);
        return { status: answer.status, text: answer.text.replace(name, "NAME") };
      }),
    );
    expect(hidden).toEqual(unknown);
    expect(hidden?.text).toContain(`"message":"Unknown tool: ${slug}__NAME"`);
    expect(fixture().executed.slice(before)).toEqual([text, "test_logging_tool"]);
    const rows = await database().call.findMany({
      where: { orgId: own.context.org.id },
      orderBy: { id: "asc" },
    });
    const serverId = own.servers[slug]?.id;
    const told = rows.map((row) => [
      row.serverId === serverId,
      row.tool,
      row.decision,
      row.sessionId,
    ]);
    expect(told.slice(0, 4)).toEqual([
      [true, text, "allowed", null],
      [true, "test_image_content", "denied", null],
      [true, "test_logging_tool", "allowed", null],
      [true, "test_logging_tool", "limited", null],
    ]);
    expect(told.slice(4).map(([, , decision]) => decision)).toEqual(["hidden", "hidden"]);
  });

  test("reaches prompts and resources by their server, and hidden ones equal missing ones", async () => {
    const uri = (own: string) => `mcp.${slug}+${own}`;
    const prompt = await askModern(fleet, "prompts/get", { name: `${slug}__test_simple_prompt` });
    expect(prompt.body.result).toMatchObject({ resultType: "complete", messages: [{}] });
    const ref = { type: "ref/prompt", name: `${slug}__test_prompt_with_arguments` };
    const argument = { name: "arg1", value: "par" };
    const completed = await askModern(fleet, "completion/complete", { ref, argument });
    expect(completed.body.result).toMatchObject({
      completion: { values: ["paris", "park", "party"] },
    });
    const read = await askModern(fleet, "resources/read", { uri: uri("test://static-text") });
    expect(read.body.result).toMatchObject({
      contents: [{ uri: uri("test://static-text") }],
      cacheScope: "private",
    });
    const listed = await askModern(fleet, "resources/list");
    const uris = JSON.stringify(listed.body.result?.resources);
    expect(uris).toContain(`"${uri("test://static-text")}"`);
    expect(uris).not.toContain("test://static-binary");
    const [hidden, missing, nobody] = await Promise.all(
      [uri("test://static-binary"), uri("test://static-bakery"), "mcp.nobody+test://x"].map(
        async (asked) => {
          const { status, body } = await askModern(fleet, "resources/read", { uri: asked });
          return { status, text: JSON.stringify(body).replaceAll(asked, "URI") };
        },
      ),
    );
    expect(hidden).toEqual(missing);
    expect(hidden).toEqual(nobody);
    expect(hidden?.text).toContain('"code":-32602');
  });
});

test.each([
  ["dual", "test_input_required_result_request_state", "state-ok"],
  ["modern", "test_input_required_result_request_state", "state-ok"],
  ["sessions", "test_elicitation", "dana"],
])(
  "a call to the server %s comes back with answers, and its state serves no other tool",
  async (slug, tool, told) => {
    const options = { capabilities: { elicitation: {} } };
    const params = { name: `${slug}__${tool}`, arguments: { message: "Who?" } };
    const asked = (await askModern(fleet, "tools/call", params, options)).body.result;
    expect(asked?.resultType).toBe("input_required");
    const content = { ok: true, username: "dana", email: "d@test" };
    const inputResponses = Object.fromEntries(
      Object.keys(asked?.inputRequests ?? {}).map((key) => [key, { action: "accept", content }]),
    );
    const again = { ...params, inputResponses, requestState: asked?.requestState };
    const elsewhere = { ...again, name: `${slug}__${text}` };
    const refused = await askModern(fleet, "tools/call", elsewhere, options);
    expect(refused.body.error?.code).toBe(-32602);
    const { body } = await askModern(fleet, "tools/call", again, options);
    expect(JSON.stringify(body.result?.content)).toContain(told);
  },
);

test("a program is called, and a server that is away is named", async () => {
  const { body } = await call(fleet, "program__echo", { message: "m" });
  expect(body.result?.content).toEqual([{ type: "text", text: "Echo: m" }]);
  const away = await makeFleet(proxy, { dead });
  const { body: lost } = await call(away, "dead__get");
  expect(lost.result).toMatchObject({ resultType: "complete", isError: true });
  expect(JSON.stringify(lost.result)).toContain('"dead\\"');
});

describe("what the headers say", () => {
  test("is held against the body by the agent's names, and rebuilt for the server", async () => {
    const name = `modern__${text}`;
    await call(fleet, name);
    const sent = modern.ledger.at(-1);
    expect([sent?.headers.get("mcp-name"), sent?.headers.get("mcp-method")]).toEqual([
      text,
      "tools/call",
    ]);
    expect(sent?.headers.get("authorization")).toBeNull();
    const received = modern.ledger.length;
    for (const headers of [
      { "mcp-name": text },
      { "mcp-name": null },
      { "mcp-name": `dual__${text}` },
      { "mcp-method": "tools/list" },
      { "mcp-protocol-version": "2025-11-25" },
    ]) {
      const params = { name, arguments: {} };
      const { status, body } = await askModern(fleet, "tools/call", params, { headers });
      expect([status, body.error?.code]).toEqual([400, -32020]);
    }
    expect(modern.ledger.length).toBe(received);
  });

  test("repeats arguments that a tool wants in a header, as at one server", async () => {
    const params = { name: "modern__test_x_mcp_header", arguments: { region: "eu" } };
    const missing = await askModern(fleet, "tools/call", params);
    expect([missing.status, missing.body.error?.code]).toEqual([400, -32020]);
    const headers = { "mcp-param-region": "eu" };
    const { body } = await askModern(fleet, "tools/call", params, { headers });
    expect(body.result?.content).toEqual([{ type: "text", text: "Region eu." }]);
    expect(modern.ledger.at(-1)?.headers.get("mcp-param-region")).toBe("eu");
  });

  test("of another era or method is refused as at one server", async () => {
    for (const method of [
      "initialize",
      "ping",
      "logging/setLevel",
      "resources/subscribe",
      "tasks/get",
    ]) {
      const { status, body } = await askModern(fleet, method, { uri: "a://b" });
      expect([method, status, body.error?.code]).toEqual([method, 404, -32601]);
    }
    const headers = {
      authorization: `Bearer ${fleet.agent.token}`,
      ...mirrorOf("tools/list", {}),
    };
    for (const method of ["GET", "DELETE"]) {
      const { status, headers: got } = await fetch(fleet.url, { method, headers });
      expect([status, got.get("allow")]).toEqual([405, "POST"]);
    }
  });

  test("of who asks lets nobody in who is not of the org", async () => {
    const unknown = await askModern({ ...fleet, agent: { token: "cg_agt_x" } }, "tools/list");
    expect(unknown.status).toBe(401);
    const other = await makeFleet(proxy, { dead });
    const stranger = await askModern({ ...fleet, agent: other.agent }, "tools/list");
    expect([stranger.status, stranger.body.error?.code]).toEqual([404, 404]);
    const foreign = await call({ ...other }, `modern__${text}`);
    expect(foreign.body.error?.message).toBe(`Unknown tool: modern__${text}`);
  });
});
