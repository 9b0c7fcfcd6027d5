// News that agents listen to, progress, and calls that are given up.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { database } from "#lib/db.ts";
import { metaKeys } from "#proxy/receive/era.ts";
import { type DualEraFixture, startDualEra } from "#proxy/testing/fixtures/dual-era.ts";
import { type LegacyFixture, startLegacy } from "#proxy/testing/fixtures/legacy.ts";
import { gateFixture } from "#proxy/testing/gate-fixture.ts";
import { connectClient, startProxy, type TestProxy } from "#proxy/testing/harness.ts";
import { askModern, envelopeOf, mirrorOf, streamModern } from "#proxy/testing/modern.ts";

let dual: DualEraFixture;
let modern: DualEraFixture;
let legacy: LegacyFixture;
let proxy: TestProxy;
const policy = {
  version: 1,
  default: "allow",
  resources: { "test://static-binary": { action: "deny" } },
};

beforeAll(async () => {
  dual = await startDualEra();
  modern = await startDualEra({ legacy: false });
  legacy = await startLegacy();
  proxy = await startProxy();
});

afterAll(async () => {
  await proxy.close();
  await dual.close();
  await modern.close();
  await legacy.close();
});

describe.each([
  ["of both eras", () => dual],
  ["with sessions", () => legacy],
] as const)("at a server %s an agent that listens", (kind, fixture) => {
  test("is told first what it will hear, then that and nothing else", async () => {
    const server = await gateFixture(proxy, fixture(), policy);
    const notifications = {
      toolsListChanged: true,
      resourceSubscriptions: ["test://watched-resource", "test://static-binary"],
    };
    const news = await streamModern(server, "subscriptions/listen", { notifications });
    expect(news.response.headers.get("x-accel-buffering")).toBe("no");
    await expect.poll(() => news.messages.length).toBeGreaterThan(0);
    expect(news.messages[0]?.method).toBe("notifications/subscriptions/acknowledged");
    expect(news.messages[0]?.params?.notifications).toEqual({
      toolsListChanged: true,
      resourceSubscriptions: ["test://watched-resource"],
    });
    await askModern(server, "tools/call", { name: "test_trigger_prompt_change" });
    await askModern(server, "tools/call", { name: "test_trigger_tool_change" });
    if (kind === "of both eras") dual.news.resourceUpdated("test://watched-resource");
    await expect.poll(() => news.messages.length).toBe(3);
    const told = news.messages.slice(1).map(({ method }) => method);
    expect(told.toSorted()).toEqual([
      "notifications/resources/updated",
      "notifications/tools/list_changed",
    ]);
    for (const { params } of news.messages) {
      expect(params?._meta?.[metaKeys.subscriptionId]).toBe(7);
    }
    news.close();
  });

  test("gets a call's progress, and logs only when it asked for them", async () => {
    const server = await gateFixture(proxy, fixture(), policy);
    const _meta = { ...envelopeOf(), progressToken: "p" };
    const progress = await streamModern(server, "tools/call", {
      name: "test_tool_with_progress",
      _meta,
    });
    await expect.poll(() => progress.state.ended).toBe(true);
    expect(progress.messages.map(({ method }) => method)).toEqual([
      "notifications/progress",
      "notifications/progress",
      "notifications/progress",
      undefined,
    ]);
    expect(progress.messages.at(-1)?.result?.resultType).toBe("complete");
    const logged = async (more: object) => {
      const params = { name: "test_logging_tool", _meta: { ...envelopeOf(), ...more } };
      const call = await streamModern(server, "tools/call", params);
      await expect.poll(() => call.state.ended).toBe(true);
      return call.messages.filter(({ method }) => method === "notifications/message").length;
    };
    expect(await logged({})).toBe(0);
    expect(await logged({ [metaKeys.logLevel]: "info" })).toBe(3);
    expect(await logged({ [metaKeys.logLevel]: "error" })).toBe(0);
  });

  test("cancels its call by going away", async () => {
    const server = await gateFixture(proxy, fixture(), policy);
    const before = fixture().cancelled.length;
    const running = fixture().executed.length;
    const over = new AbortController();
    const name = "test_slow";
    const call = fetch(server.url, {
      method: "POST",
      signal: over.signal,
      headers: {
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        authorization: `Bearer ${server.agent.token}`,
        ...mirrorOf("tools/call", { name }),
      },
      body: JSON.stringify({
        jsonrpc: "2.0",
        id: 1,
        method: "tools/call",
        params: { name, _meta: envelopeOf() },
      }),
    }).catch(() => null);
    await expect.poll(() => fixture().executed.length).toBe(running + 1);
    over.abort();
    await call;
    await expect.poll(() => fixture().cancelled.length).toBe(before + 1);
    const where = { orgId: server.context.org.id };
    await expect
      .poll(async () => (await database().callOutcome.findFirst({ where }))?.outcome)
      .toBe("cancelled");
  });
});

test("an agent that listens is told when its rules change, and hears nothing more once its token is revoked", async () => {
  const server = await gateFixture(proxy, dual, policy);
  const notifications = { toolsListChanged: true };
  const news = await streamModern(server, "subscriptions/listen", { notifications });
  await expect.poll(() => news.messages.length).toBe(1);
  const orgId = server.context.org.id;
  const key = { orgId_id: { orgId, id: server.server.id } };
  await database().server.update({ where: key, data: { revision: { increment: 1 } } });
  await expect
    .poll(() => news.messages[1]?.method, { timeout: 14_000 })
    .toBe("notifications/tools/list_changed");
  await database().agentToken.updateMany({ where: { orgId }, data: { revokedAt: new Date() } });
  await expect.poll(() => news.state.ended, { timeout: 14_000 }).toBe(true);
});

test("news of a resource that a rule hides meanwhile are told no more, from the rule's commit on", async () => {
  const server = await gateFixture(proxy, dual, policy);
  const uri = "test://watched-resource";
  const notifications = { resourceSubscriptions: [uri], promptsListChanged: true };
  const news = await streamModern(server, "subscriptions/listen", { notifications });
  await expect.poll(() => news.messages.length).toBe(1);
  dual.news.resourceUpdated(uri);
  await expect.poll(() => news.messages.length).toBe(2);
  const orgId = server.context.org.id;
  const document = { ...policy, resources: { "test://watched*": { action: "hide" } } };
  await database().policyVersion.updateMany({ where: { orgId }, data: { document } });
  const key = { orgId_id: { orgId, id: server.server.id } };
  await database().server.update({ where: key, data: { revision: { increment: 1 } } });
  dual.news.resourceUpdated(uri);
  dual.news.promptsChanged();
  await expect.poll(() => news.messages.length).toBe(3);
  expect(news.messages.map(({ method }) => method)).toEqual([
    "notifications/subscriptions/acknowledged",
    "notifications/resources/updated",
    "notifications/prompts/list_changed",
  ]);
  // What was looked at for the one message does not keep the change of the rules from being told.
  await expect.poll(() => news.messages.length, { timeout: 14_000 }).toBe(4);
  await database().agentToken.updateMany({ where: { orgId }, data: { revokedAt: new Date() } });
  dual.news.resourceUpdated(uri);
  await expect.poll(() => news.state.ended).toBe(true);
  expect(news.messages.every(({ result }) => result === undefined)).toBe(true);
  expect(news.messages).toHaveLength(4);
});

test("a session that a server has forgotten is opened again without the agent noticing", async () => {
  const server = await gateFixture(proxy, legacy, policy);
  await askModern(server, "tools/list");
  legacy.forgetSessions();
  const { body } = await askModern(server, "tools/call", { name: "test_simple_text" });
  expect(body.result).toMatchObject({ resultType: "complete" });
});

test("a legacy client hears of changes at a server that knows no sessions", async () => {
  const server = await gateFixture(proxy, modern, policy);
  const client = await connectClient(server.url, server.agent.token);
  const heard: string[] = [];
  client.fallbackNotificationHandler = async ({ method }) => {
    heard.push(method);
  };
  await client.ping();
  await client.subscribeResource({ uri: "test://watched-resource" });
  await expect
    .poll(
      async () => {
        modern.news.toolsChanged();
        modern.news.resourceUpdated("test://watched-resource");
        return [...new Set(heard)].toSorted();
      },
      { interval: 100, timeout: 5_000 },
    )
    .toEqual(["notifications/resources/updated", "notifications/tools/list_changed"]);
  expect((await client.listPrompts()).prompts.map(({ name }) => name)).toContain(
    "test_simple_prompt",
  );
  const read = await client.readResource({ uri: "test://static-text" });
  expect(read).not.toHaveProperty("ttlMs");
  await client.close();
});
