// News of all servers on one stream, for agents of 2026-07-28, and calls that they give up.
import { afterAll, beforeAll, expect, test } from "vitest";
import { database } from "#lib/db.ts";
import { metaKeys } from "#proxy/receive/era.ts";
import { type DualEraFixture, startDualEra } from "#proxy/testing/fixtures/dual-era.ts";
import { type LegacyFixture, startLegacy } from "#proxy/testing/fixtures/legacy.ts";
import { dead, discovered, type Fleet, makeFleet } from "#proxy/testing/fleet.ts";
import { startProxy, type TestProxy } from "#proxy/testing/harness.ts";
import { askModern, streamModern } from "#proxy/testing/modern.ts";

const policy = {
  version: 1,
  default: "allow",
  resources: { "test://static-binary": { action: "deny" } },
};
const watched = "test://watched-resource";

let modern: DualEraFixture;
let legacy: LegacyFixture;
let proxy: TestProxy;

beforeAll(async () => {
  modern = await startDualEra({ legacy: false });
  legacy = await startLegacy();
  proxy = await startProxy();
});

afterAll(async () => {
  await proxy.close();
  await modern.close();
  await legacy.close();
});

async function threeServers(): Promise<Fleet> {
  return makeFleet(proxy, {
    dead,
    modern: await discovered(modern, policy),
    sessions: await discovered(legacy, policy),
  });
}

type News = Awaited<ReturnType<typeof streamModern>>;

/** Messages as method and URI. */
function told({ messages }: News): string[] {
  return messages.map(({ method, params }) => `${method} ${params?.uri ?? ""}`.trim());
}

test("an agent hears first what it will hear, then that of every server under its name", async () => {
  const fleet = await threeServers();
  const asked = ["modern", "sessions"].flatMap((slug) => [
    `mcp.${slug}+${watched}`,
    `mcp.${slug}+test://static-binary`,
  ]);
  const notifications = {
    toolsListChanged: true,
    resourceSubscriptions: [...asked, "mcp.nobody+test://x", watched],
  };
  const news = await streamModern(fleet, "subscriptions/listen", { notifications });
  await expect.poll(() => news.messages.length).toBeGreaterThan(0);
  expect(news.response.headers.get("x-accel-buffering")).toBe("no");
  expect(news.messages[0]).toMatchObject({
    method: "notifications/subscriptions/acknowledged",
    params: {
      notifications: {
        toolsListChanged: true,
        resourceSubscriptions: [`mcp.modern+${watched}`, `mcp.sessions+${watched}`],
      },
    },
  });
  modern.news.resourceUpdated(watched);
  modern.news.promptsChanged();
  await askModern(fleet, "tools/call", { name: "sessions__test_trigger_tool_change" });
  await expect
    .poll(() => told(news).slice(1).toSorted())
    .toEqual([
      `notifications/resources/updated mcp.modern+${watched}`,
      `notifications/resources/updated mcp.sessions+${watched}`,
      "notifications/tools/list_changed",
    ]);
  for (const { params } of news.messages) {
    expect(params?._meta?.[metaKeys.subscriptionId]).toBe(7);
  }
  news.close();
});

test("a grant that is given or taken is news, and a revoked token hears nothing more", async () => {
  const fleet = await threeServers();
  const orgId = fleet.context.org.id;
  const news = await streamModern(fleet, "subscriptions/listen", {
    notifications: { promptsListChanged: true },
  });
  await expect.poll(() => news.messages.length).toBe(1);
  await database().grant.deleteMany({ where: { orgId, serverId: fleet.servers.modern?.id ?? "" } });
  await expect
    .poll(() => told(news)[1], { timeout: 14_000 })
    .toBe("notifications/prompts/list_changed");
  await database().agentToken.updateMany({ where: { orgId }, data: { revokedAt: new Date() } });
  await expect.poll(() => news.state.ended, { timeout: 14_000 }).toBe(true);
  expect(news.messages.at(-1)?.result).toBeUndefined();
});

test("what nobody can tell of is not promised, and ends at once", async () => {
  const fleet = await threeServers();
  const news = await streamModern(fleet, "subscriptions/listen", {
    notifications: { resourceSubscriptions: [`mcp.dead+${watched}`, watched] },
  });
  await expect.poll(() => news.state.ended).toBe(true);
  expect(news.messages[0]?.params?.notifications).toEqual({});
  expect(news.messages[1]).toEqual({
    jsonrpc: "2.0",
    id: 7,
    result: { resultType: "complete", _meta: { [metaKeys.subscriptionId]: 7 } },
  });
});

test("a stream that has lasted as long as it may ends with its result", async () => {
  const brief = await startProxy({ environment: { PROXY_STREAM_SECONDS: "1" } });
  const fleet = await makeFleet(brief, { modern: await discovered(modern, policy) });
  const notifications = { toolsListChanged: true };
  const news = await streamModern(fleet, "subscriptions/listen", { notifications });
  await expect.poll(() => news.state.ended, { timeout: 5_000 }).toBe(true);
  expect(news.messages.map(({ method }) => method)).toEqual([
    "notifications/subscriptions/acknowledged",
    undefined,
  ]);
  expect(news.messages[1]?.result?._meta).toEqual({ [metaKeys.subscriptionId]: 7 });
  await brief.close();
});

test("an agent's streams at all its servers count as one", async () => {
  const narrow = await startProxy({ environment: { PROXY_MAX_STREAMS_PER_AGENT: "1" } });
  const fleet = await makeFleet(narrow, {
    modern: await discovered(modern, policy),
    sessions: await discovered(legacy, policy),
  });
  const notifications = { toolsListChanged: true };
  const news = await streamModern(fleet, "subscriptions/listen", { notifications });
  await expect.poll(() => news.messages.length).toBe(1);
  const { body } = await askModern(fleet, "subscriptions/listen", { notifications });
  expect(body.error?.code).toBe(429);
  news.close();
  await narrow.close();
});

test("a filter that is none is refused in words", async () => {
  const fleet = await threeServers();
  const { body } = await askModern(fleet, "subscriptions/listen", { notifications: "all" });
  expect(body.error).toMatchObject({ code: -32602, message: expect.stringContaining("an object") });
});

test.each([
  ["modern", () => modern],
  ["sessions", () => legacy],
] as const)("going away cancels the call at the server %s", async (slug, fixture) => {
  const fleet = await threeServers();
  const before = fixture().cancelled.length;
  const running = fixture().executed.length;
  const over = new AbortController();
  const params = { name: `${slug}__test_slow` };
  const call = streamModern(fleet, "tools/call", params, over).catch(() => null);
  await expect.poll(() => fixture().executed.length).toBe(running + 1);
  over.abort();
  await call;
  await expect.poll(() => fixture().cancelled.length).toBe(before + 1);
  const where = { orgId: fleet.context.org.id };
  await expect
    .poll(async () => (await database().callOutcome.findFirst({ where }))?.outcome)
    .toBe("cancelled");
});
