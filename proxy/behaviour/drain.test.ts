// A proxy that is told to stop, as a process of its own.
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { CreateMessageRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { afterEach, beforeAll, expect, test } from "vitest";
import { decideApproval, listApprovals } from "#lib/approvals/approvals.ts";
import { database } from "#lib/db.ts";
import { recordTransport } from "#lib/servers/transport.ts";
import { makeFleet } from "#proxy/testing/fleet.ts";
import { callBody, gateServer, listBody, openSession, post } from "#proxy/testing/harness.ts";
import { askModern } from "#proxy/testing/modern.ts";
import { startScriptedServer } from "#proxy/testing/scripted-server.ts";
import { type SseTestUpstream, startSseUpstream } from "#proxy/testing/sse-upstream.ts";
import { type Fleet, startFleet } from "#scripts/campaign/fleet.ts";

const allow = { version: 1, default: "allow" };
const capabilities = { sampling: {} };

let upstream: SseTestUpstream;
let fleet: Fleet;

beforeAll(async () => {
  upstream = await startSseUpstream();
  return () => upstream.close();
});

afterEach(() => fleet.close());

/** One proxy, and a session in which a call of `ms` is under way. */
async function withRunningCall(ms: number, drainSeconds: string) {
  fleet = await startFleet(process.env.DATABASE_URL ?? "", 1, {
    PROXY_DRAIN_SECONDS: drainSeconds,
  });
  const origin = fleet.origins[0] ?? "";
  const gated = await gateServer({ origin }, upstream, allow);
  await recordTransport(gated.context.org.id, gated.server.id, "sse", ["2024-11-05"]);
  const send = await openSession(gated.url, gated.agent.token);
  const headers = {
    authorization: `Bearer ${gated.agent.token}`,
    accept: "text/event-stream",
    "mcp-session-id": send.session,
  };
  const stream = await fetch(gated.url, { headers });
  const before = upstream.executed.length;
  const running = send(callBody("slow", { ms }));
  running.catch(() => {});
  await expect.poll(() => upstream.executed.length).toBe(before + 1);
  return { origin, gated, send, stream, running };
}

test("finishes what runs, refuses what is new, tells balancers, and goes", async () => {
  const { origin, gated, send, stream, running } = await withRunningCall(2_000, "20");
  const stopped = fleet.stop(0);
  await expect.poll(async () => (await fetch(`${origin}/healthz`)).status).toBe(503);
  expect(await (await fetch(`${origin}/healthz`)).json()).toEqual({ status: "draining" });
  const refused = await send(listBody);
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "2"]);
  expect(refused.headers.get("connection")).toBe("close");
  expect(JSON.parse(refused.text).error.message).toContain("about to stop");
  // A stream that belongs to no call ends at once, and cleanly: the agent opens it elsewhere.
  expect(await stream.text()).not.toContain("error");

  expect((await running).text).toContain("slow:2000");
  expect(await stopped).toBe(0);
  const orgId = gated.context.org.id;
  const outcomes = await database().callOutcome.findMany({ where: { orgId } });
  expect(outcomes.map(({ outcome }) => outcome)).toEqual(["ok"]);
  expect(await database().proxyInstance.count()).toBe(0);
});

test("waits no longer than it may for a call that does not end", async () => {
  const { running } = await withRunningCall(60_000, "1");
  const stopped = fleet.stop(0);
  await expect(running).rejects.toThrow();
  expect(await stopped).toBe(0);
  // Nothing of the session is left behind on the server either.
  await expect.poll(upstream.sessions).toBe(0);
});

test.each([
  ["that it holds", 0],
  ["from the proxy that agents are sent to instead", 1],
])("takes the answer to a question of a running call, %s", async (_, at) => {
  fleet = await startFleet(process.env.DATABASE_URL ?? "", 2, { PROXY_DRAIN_SECONDS: "30" });
  const gated = await gateServer({ origin: fleet.origins[0] ?? "" }, upstream, allow);
  await recordTransport(gated.context.org.id, gated.server.id, "sse", ["2024-11-05"]);
  let origin = fleet.origins[0] ?? "";
  const headers = { authorization: `Bearer ${gated.agent.token}` };
  const transport = new StreamableHTTPClientTransport(new URL(gated.url), {
    requestInit: { headers },
    fetch: (url, init) => fetch(`${origin}${new URL(url).pathname}`, init),
  });
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<void>();
  const client = new Client({ name: "test-client", version: "1" }, { capabilities });
  client.setRequestHandler(CreateMessageRequestSchema, async () => {
    asked.resolve();
    await answer.promise;
    return { role: "assistant", model: "m", content: { type: "text", text: "it is me" } };
  });
  // The SDK's own transport does not satisfy its interface under exactOptionalPropertyTypes.
  await client.connect(transport as Parameters<Client["connect"]>[0]);
  const running = client.callTool({ name: "ask", arguments: {} });
  await asked.promise;

  const stopped = fleet.stop(0);
  await expect.poll(async () => (await fetch(`${fleet.origins[0]}/healthz`)).status).toBe(503);
  origin = fleet.origins[at] ?? "";
  // New work in the session is refused, and does not end what runs in it.
  await expect(client.listTools()).rejects.toThrow();
  answer.resolve();
  expect(JSON.stringify(await running)).toContain("it is me");
  expect(await stopped).toBe(0);
  await client.close();
});

test("calls that wait for a person end at once with the answer to repeat them, and run once where they are", async () => {
  const person = { APPROVAL_HOLD_SECONDS: "45", PROXY_DRAIN_SECONDS: "10" };
  fleet = await startFleet(process.env.DATABASE_URL ?? "", 2, person);
  const [first = "", second = ""] = fleet.origins;
  const server = await startScriptedServer();
  const approve = { version: 1, default: "deny", tools: { get: { action: "require_approval" } } };
  const { context, url, agent } = await makeFleet(
    { origin: first },
    { one: { ...server, document: approve } },
  );
  const one = { url: `${url}/one`, agent };
  const alone = await openSession(one.url, agent.token);
  const all = await openSession(url, agent.token);
  const there = (address: string) => address.replace(first, second);
  const modern = (address: string, name: string, key: string) =>
    askModern({ url: address, agent }, "tools/call", { name, arguments: { key } });
  const legacy = (address: string, session: string, name: string, key: string) =>
    post(address, agent.token, callBody(name, { key }), { "mcp-session-id": session });
  const calls = (moved: (address: string) => string) => [
    modern(moved(one.url), "get", "modern"),
    modern(moved(url), "one__get", "modern, all"),
    legacy(moved(one.url), alone.session, "get", "session"),
    legacy(moved(url), all.session, "one__get", "session, all"),
  ];
  const { id: orgId } = context.org;
  const held = calls((address) => address);
  await expect.poll(() => database().approvalHold.count({ where: { orgId } })).toBe(4);

  const stopped = fleet.stop(0);
  for (const { text } of await Promise.all(held)) expect(text).toContain("exactly the same arg");
  expect(await stopped).toBe(0);
  expect(await listApprovals(context, { state: "pending" })).toHaveLength(4);
  for (const { id } of await listApprovals(context)) {
    await decideApproval(context, { id, decision: "approve" });
  }
  for (const { text } of await Promise.all(calls(there))) expect(text).toContain("done");
  expect(server.received.filter(({ method }) => method === "tools/call")).toHaveLength(4);
  await server[Symbol.asyncDispose]();
}, 60_000);
