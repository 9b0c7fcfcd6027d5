// A call that is held for a person: how it ends, and what its cancellation withdraws.
import { afterAll, beforeAll, expect, test } from "vitest";
import { decideApproval, listApprovals } from "#lib/approvals/approvals.ts";
import { database } from "#lib/db.ts";
import { applyPolicy } from "#lib/rules/rules.ts";
import type { Prisma } from "#prisma/client.ts";
import { SseReader } from "#proxy/json/sse.ts";
import { openV2 } from "#proxy/testing/agents.ts";
import {
  callBody,
  type GatedServer,
  gateServer,
  initializeBody,
  openSession,
  post,
  startProxy,
  type TestProxy,
} from "#proxy/testing/harness.ts";
import { startUpstream, type TestUpstream } from "#proxy/testing/upstream.ts";

let upstream: TestUpstream;
let proxy: TestProxy;

beforeAll(async () => {
  upstream = await startUpstream();
  proxy = await startProxy({ approvalHoldMs: 20_000 });
});

afterAll(async () => {
  await proxy.close();
  await upstream.close();
});

const gated = (approval: Prisma.InputJsonObject = {}) =>
  gateServer(proxy, upstream, {
    version: 1,
    default: "deny",
    tools: { pay: { action: "require_approval", approval }, get: { action: "allow" } },
  });

/** A call under way, read event by event. */
function startCall(url: string, token: string, session: string | null, body: string) {
  const over = new AbortController();
  const parser = new SseReader(1_000_000);
  const waiting: string[] = [];
  const response = fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      authorization: `Bearer ${token}`,
      ...(session !== null && { "mcp-session-id": session }),
    },
    body,
    signal: over.signal,
  }).then((answer) => ({
    type: answer.headers.get("content-type") ?? "",
    reader: answer.body?.getReader(),
  }));
  response.catch(() => {});
  return {
    /** The next message, whole JSON answers included; null at the end. */
    async next() {
      const { type, reader } = await response;
      for (;;) {
        const text = waiting.shift();
        if (text !== undefined) return JSON.parse(text);
        const chunk = await reader?.read();
        if (chunk === undefined || chunk.done) return null;
        if (type.includes("json")) waiting.push(Buffer.from(chunk.value).toString("utf8"));
        else waiting.push(...parser.push(chunk.value).flatMap(({ data }) => data || []));
      }
    },
    leave: () => over.abort(),
  };
}

async function held(server: GatedServer, count = 1) {
  const orgId = server.context.org.id;
  const holds = () => database().approvalHold.count({ where: { orgId } });
  await expect.poll(holds, { timeout: 5_000 }).toBe(count);
}

async function openRequest(server: GatedServer) {
  const [row] = await listApprovals(server.context, { state: "pending" });
  if (!row) throw new Error("nothing waits");
  return row;
}

const stateOf = async (server: GatedServer) =>
  (await listApprovals(server.context)).map(({ state }) => state);
const ran = (key: string) =>
  upstream.ledger.filter(({ body }) => body.includes("tools/call") && body.includes(key)).length;
const cancel = (requestId: number | string) =>
  JSON.stringify({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId } });

test("approved while it is held, a call runs and answers as if nobody had been asked", async () => {
  const server = await gated();
  const session = await openSession(server.url, server.agent.token);
  const call = startCall(
    server.url,
    server.agent.token,
    session.session,
    callBody("pay", { key: "in-time" }),
  );
  await held(server);
  const { id } = await openRequest(server);
  await decideApproval(server.context, { id, decision: "approve" });
  expect(await call.next()).toMatchObject({
    id: 1,
    result: { content: [{ text: "pay:in-time" }] },
  });
  expect(ran("in-time")).toBe(1);
  await held(server, 0);
});

test("denied while it is held, a call is answered with the person's reason", async () => {
  const server = await gated();
  const call = startCall(server.url, server.agent.token, null, callBody("pay", { key: "denied" }));
  await held(server);
  const { id } = await openRequest(server);
  await decideApproval(server.context, { id, decision: "deny", note: "Not on a Friday." });
  const { result } = await call.next();
  expect(result.isError).toBe(true);
  expect(result.content[0].text).toContain("Not on a Friday.");
  expect(ran("denied")).toBe(0);
});

test("cancelling a held call withdraws its request, and nobody can approve it any more", async () => {
  const server = await gated();
  const session = await openSession(server.url, server.agent.token);
  const body = callBody("pay", { key: "cancelled" }, "call-1");
  const call = startCall(server.url, server.agent.token, session.session, body);
  await held(server);
  const { id } = await openRequest(server);
  expect((await session(cancel("somebody else's"))).status).toBe(202);
  expect(await stateOf(server)).toEqual(["pending"]);
  expect((await session(cancel("call-1"))).status).toBe(202);
  expect(await call.next()).toBeNull();
  expect(await stateOf(server)).toEqual(["cancelled"]);
  await expect(decideApproval(server.context, { id, decision: "approve" })).rejects.toMatchObject({
    message: expect.stringContaining("withdrawn"),
  });
  expect(ran("cancelled")).toBe(0);
  // The server never saw the call, so it does not hear of the cancellation either.
  expect(upstream.ledger.filter(({ body: sent }) => sent.includes('"call-1"'))).toEqual([]);
});

test("a cancellation that reaches another proxy withdraws the request as well", async () => {
  const other = await startProxy();
  try {
    const server = await gated();
    const session = await openSession(server.url, server.agent.token);
    const body = callBody("pay", { key: "elsewhere" }, 7);
    const call = startCall(server.url, server.agent.token, session.session, body);
    await held(server);
    const url = server.url.replace(proxy.origin, other.origin);
    const headers = { "mcp-session-id": session.session };
    expect((await post(url, server.agent.token, cancel(7), headers)).status).toBe(202);
    expect(await call.next()).toBeNull();
    expect(await stateOf(server)).toEqual(["cancelled"]);
  } finally {
    await other.close();
  }
});

test("ending the session withdraws what its calls are held for", async () => {
  const server = await gated();
  const session = await openSession(server.url, server.agent.token);
  const call = startCall(
    server.url,
    server.agent.token,
    session.session,
    callBody("pay", { key: "ended" }),
  );
  await held(server);
  const headers = {
    authorization: `Bearer ${server.agent.token}`,
    "mcp-session-id": session.session,
  };
  expect((await fetch(server.url, { method: "DELETE", headers })).status).toBe(200);
  expect(await call.next()).toBeNull();
  expect(await stateOf(server)).toEqual(["cancelled"]);
  expect(ran("ended")).toBe(0);
});

test("a legacy agent that only loses its connection finds its request again", async () => {
  const server = await gated();
  const session = await openSession(server.url, server.agent.token);
  const body = callBody("pay", { key: "lost" });
  const call = startCall(server.url, server.agent.token, session.session, body);
  await held(server);
  const { id } = await openRequest(server);
  call.leave();
  await held(server, 0);
  expect(await stateOf(server)).toEqual(["pending"]);
  await decideApproval(server.context, { id, decision: "approve" });
  expect(ran("lost")).toBe(0);
  expect(JSON.parse((await session(body)).text.replace(/^[\s\S]*data: /, ""))).toMatchObject({
    result: { content: [{ text: "pay:lost" }] },
  });
  expect(ran("lost")).toBe(1);
});

test("a modern agent that goes away has cancelled its call", async () => {
  const server = await gated();
  const client = await openV2(server.url, server.agent.token, { pin: "2026-07-28" });
  const over = new AbortController();
  const answer = client
    .callTool({ name: "pay", arguments: { key: "gone" } }, { signal: over.signal })
    .catch(() => "aborted");
  await held(server);
  over.abort();
  expect(await answer).toBe("aborted");
  await expect.poll(() => stateOf(server), { timeout: 5_000 }).toEqual(["cancelled"]);
  expect(ran("gone")).toBe(0);
  await client.close();
});

test("of two calls held for one request, giving up one leaves it to the other", async () => {
  const server = await gated();
  const session = await openSession(server.url, server.agent.token);
  const start = (id: string) =>
    startCall(server.url, server.agent.token, session.session, callBody("pay", { key: "two" }, id));
  const [first, second] = [start("first"), start("second")];
  await held(server, 2);
  await session(cancel("first"));
  expect(await first.next()).toBeNull();
  const { id } = await openRequest(server);
  await decideApproval(server.context, { id, decision: "approve" });
  expect(await second.next()).toMatchObject({ id: "second", result: {} });
  expect(ran("two")).toBe(1);
});

test("when the policy changes meanwhile, what holds now decides", async () => {
  const server = await gated();
  const change = (action: string) =>
    applyPolicy(server.context, {
      server: server.server.slug,
      text: `version: 1\ndefault: deny\ntools: { pay: { action: ${action} } }\n`,
    });
  const { session } = await openSession(server.url, server.agent.token);
  const start = (key: string) =>
    startCall(server.url, server.agent.token, session, callBody("pay", { key }));
  const allowed = start("freed");
  await held(server);
  await change("allow");
  expect(await allowed.next()).toMatchObject({ result: { content: [{ text: "pay:freed" }] } });
  await change("require_approval");
  const denied = start("barred");
  await held(server);
  await change("deny");
  expect((await denied.next()).result.content[0].text).toContain("Blocked by policy");
  expect(await stateOf(server)).toEqual(["void", "void"]);
  expect(ran("barred")).toBe(0);
});

const opening = (elicitation: object) => {
  const message = JSON.parse(initializeBody);
  message.params.capabilities = { elicitation };
  return JSON.stringify(message);
};

async function sessionWith(server: GatedServer, elicitation: object) {
  const { headers } = await post(server.url, server.agent.token, opening(elicitation));
  return headers.get("mcp-session-id") ?? "";
}

test("a client that opens URLs is asked to open the request's page, and told when it is decided", async () => {
  const server = await gated();
  const { url, agent, context } = server;
  const session = await sessionWith(server, { url: {} });
  const call = startCall(url, agent.token, session, callBody("pay", { key: "asked" }));
  const question = await call.next();
  const { id } = await openRequest(server);
  expect(question).toMatchObject({
    method: "elicitation/create",
    params: {
      mode: "url",
      elicitationId: id,
      url: `http://dashboard.test/orgs/${context.org.slug}/approvals/${id}`,
    },
  });
  const answer = JSON.stringify({ jsonrpc: "2.0", id: question.id, result: { action: "accept" } });
  const headers = { "mcp-session-id": session };
  expect((await post(url, agent.token, answer, headers)).status).toBe(202);
  expect(await stateOf(server)).toEqual(["pending"]);
  await decideApproval(context, { id, decision: "approve" });
  expect(await call.next()).toMatchObject({
    method: "notifications/elicitation/complete",
    params: { elicitationId: id },
  });
  expect(await call.next()).toMatchObject({ result: { content: [{ text: "pay:asked" }] } });
  expect(upstream.ledger.filter(({ body }) => body.includes("callgate.approval"))).toEqual([]);
});

test.each([
  ["the client opens no URLs", { form: {} }, {}],
  ["the rule wants somebody else than the requester", { url: {} }, { exclude: ["requester"] }],
])("nobody is asked to open a page when %s", async (_, elicitation, approval) => {
  const server = await gated(approval);
  const session = await sessionWith(server, elicitation);
  const body = callBody("pay", { key: "unasked" });
  const call = startCall(server.url, server.agent.token, session, body);
  await held(server);
  const { id } = await openRequest(server);
  await decideApproval(server.context, { id, decision: "deny" });
  expect(await call.next()).toMatchObject({ id: 1, result: { isError: true } });
});
