// An agent in a loop does not bury the inbox: it has at most 20 requests waiting.
import { afterAll, beforeAll, expect, test } from "vitest";
import { decideApproval, listApprovals } from "#lib/approvals/approvals.ts";
import { database } from "#lib/db.ts";
import { makeAgent } from "#lib/testing/factories.ts";
import {
  callBody,
  gateServer,
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
  proxy = await startProxy();
});

afterAll(async () => {
  await proxy.close();
  await upstream.close();
});

const gated = () =>
  gateServer(proxy, upstream, {
    version: 1,
    default: "deny",
    tools: { pay: { action: "require_approval" }, get: { action: "allow" } },
  });

async function call(url: string, token: string, key: string, tool = "pay") {
  const send = tool === "pay" ? null : await openSession(url, token);
  const body = callBody(tool, { key });
  const { text } = await (send === null ? post(url, token, body) : send(body));
  const { result } = JSON.parse(text.match(/^data: (.*)$/m)?.[1] ?? text);
  return { text: result.content[0].text, decision: result._meta?.["dev.callgate/decision"] };
}

test("the twenty-first call is refused in words, without a request, until one is decided", async () => {
  const { url, agent, context, server } = await gated();
  for (let at = 0; at < 20; at += 1) {
    expect((await call(url, agent.token, `${at}`)).decision.outcome).toBe("approval_required");
  }
  const refused = await call(url, agent.token, "20");
  expect(refused.decision).toEqual({
    outcome: "approvals_full",
    reason: "20 calls of this agent wait for a person already.",
    rule: "tools.pay",
    decisionId: expect.any(String),
    retryable: true,
    retryAfterMs: 60_000,
  });
  expect(refused.text).toContain("nobody was asked");
  const recorded = await database().call.findFirstOrThrow({
    where: { orgId: context.org.id, id: refused.decision.decisionId },
  });
  expect(recorded).toMatchObject({ decision: "denied", approvalId: null });

  // A call that waits already joins its request, other tools and other agents are as before.
  expect((await call(url, agent.token, "3")).decision.outcome).toBe("approval_required");
  expect((await call(url, agent.token, "x", "get")).text).toBe("get:x");
  const other = await makeAgent(context, { servers: [server] });
  expect((await call(url, other.token, "20")).decision.outcome).toBe("approval_required");

  const waiting = await listApprovals(context, { state: "pending", agent: agent.name });
  expect(waiting).toHaveLength(20);
  const [first] = waiting;
  await decideApproval(context, { id: first?.id, decision: "deny" });
  expect((await call(url, agent.token, "20")).decision.outcome).toBe("approval_required");
  expect((await call(url, agent.token, "21")).decision.outcome).toBe("approvals_full");
});

test("requests that nobody decided in time count no longer", async () => {
  const { url, agent, context } = await gated();
  for (let at = 0; at < 21; at += 1) await call(url, agent.token, `${at}`);
  await database().approval.updateMany({
    where: { orgId: context.org.id },
    data: { expiresAt: new Date(0) },
  });
  expect((await call(url, agent.token, "21")).decision.outcome).toBe("approval_required");
});

test("calls that come in one batch are counted one by one", async () => {
  const { url, agent, context } = await gated();
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, at) => call(url, agent.token, `${at}`)),
  );
  const asked = answers.filter(({ decision }) => decision.outcome === "approval_required");
  expect(asked).toHaveLength(20);
  expect(await listApprovals(context, { state: "pending" })).toHaveLength(20);
});
