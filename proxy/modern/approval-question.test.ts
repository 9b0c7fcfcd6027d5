// A modern client that opens URLs is asked to open the page of its call's request.
import { afterAll, beforeAll, expect, test } from "vitest";
import { decideApproval, listApprovals } from "#lib/approvals/approvals.ts";
import type { Prisma } from "#prisma/client.ts";
import { openV2 } from "#proxy/testing/agents.ts";
import {
  type GatedServer,
  gateServer,
  startProxy,
  type TestProxy,
} from "#proxy/testing/harness.ts";
import { askModern } from "#proxy/testing/modern.ts";
import { startUpstream, type TestUpstream } from "#proxy/testing/upstream.ts";

let upstream: TestUpstream;
let proxy: TestProxy;
let holding: TestProxy;

beforeAll(async () => {
  upstream = await startUpstream();
  proxy = await startProxy();
  holding = await startProxy({ approvalHoldMs: 20_000 });
});

afterAll(async () => {
  await proxy.close();
  await holding.close();
  await upstream.close();
});

const gated = (approval: Prisma.InputJsonObject = {}, through = proxy) =>
  gateServer(through, upstream, {
    version: 1,
    default: "deny",
    tools: { pay: { action: "require_approval", approval } },
  });

const capabilities = { elicitation: { url: {} } };
const accept = { approval: { action: "accept" } };

async function pay(
  server: GatedServer,
  key: string,
  more: object = {},
  declared: object = capabilities,
) {
  const params = { name: "pay", arguments: { key }, ...more };
  const { body } = await askModern(server, "tools/call", params, { capabilities: { ...declared } });
  return body;
}

async function decide(server: GatedServer, decision: "approve" | "deny") {
  const [row] = await listApprovals(server.context, { state: "pending" });
  await decideApproval(server.context, { id: row?.id, decision });
}

const ran = (key: string) =>
  upstream.ledger.filter(({ body }) => body.includes("tools/call") && body.includes(key)).length;
const outcomeOf = ({ result }: Awaited<ReturnType<typeof pay>>) =>
  JSON.stringify(result?._meta ?? null);

test("the question names the page, and the call that comes back runs once it is approved", async () => {
  const server = await gated();
  const { result } = await pay(server, "asked");
  const [row] = await listApprovals(server.context, { state: "pending" });
  expect(result).toEqual({
    resultType: "input_required",
    inputRequests: {
      approval: {
        method: "elicitation/create",
        params: {
          mode: "url",
          url: `http://dashboard.test/orgs/${server.context.org.slug}/approvals/${row?.id}`,
          message: expect.stringContaining("approve this call of pay"),
        },
      },
    },
    requestState: expect.any(String),
  });
  const back = { inputResponses: accept, requestState: result?.requestState };
  expect(outcomeOf(await pay(server, "asked", back))).toContain("approval_required");
  await decide(server, "approve");
  const done = await pay(server, "asked", back);
  expect(done.result?.content).toEqual([{ type: "text", text: "pay:asked" }]);
  expect(ran("asked")).toBe(1);
  const sent = upstream.ledger.find(({ body }) => body.includes("pay") && body.includes("asked"));
  expect(sent?.body).not.toContain("requestState");
  expect(sent?.body).not.toContain("inputResponses");
  // Its state opens nothing a second time: the approval is used.
  expect(outcomeOf(await pay(server, "asked", back))).toContain("approval_required");
  expect(ran("asked")).toBe(1);
});

test("with other arguments, from another agent or made up, the answer is worth nothing", async () => {
  const server = await gated();
  const other = await gated();
  const { result } = await pay(server, "mine");
  const back = { inputResponses: accept, requestState: result?.requestState };
  await decide(server, "approve");
  expect(outcomeOf(await pay(server, "other", back))).toContain("approval_required");
  expect((await pay(other, "mine", back)).error?.code).toBe(-32602);
  const forged = { inputResponses: accept, requestState: "A".repeat(80) };
  expect((await pay(server, "mine", forged)).error?.code).toBe(-32602);
  expect(ran("mine") + ran("other")).toBe(0);
});

test("a user who declines to open it leaves the request to others, and the call is not held", async () => {
  const server = await gated({}, holding);
  const { result } = await pay(server, "declined");
  const inputResponses = { approval: { action: "decline" } };
  const back = await pay(server, "declined", {
    inputResponses,
    requestState: result?.requestState,
  });
  expect(outcomeOf(back)).toContain("approval_required");
  expect(await listApprovals(server.context, { state: "pending" })).toHaveLength(1);
});

test.each<[string, Prisma.InputJsonObject, object]>([
  ["the client opens no URLs", {}, { elicitation: {} }],
  ["the rule wants somebody else than the requester", { exclude: ["requester"] }, capabilities],
])("nobody is asked to open a page when %s", async (_, approval, declared) => {
  const server = await gated(approval);
  expect(outcomeOf(await pay(server, "unasked", {}, declared))).toContain("approval_required");
});

test("the official client opens the page, and its call is held until somebody has decided", async () => {
  const server = await gated({}, holding);
  const opened: string[] = [];
  const client = await openV2(
    server.url,
    server.agent.token,
    { pin: "2026-07-28" },
    capabilities,
    (made) => {
      made.setRequestHandler("elicitation/create", async ({ params }) => {
        if (params.mode === "url") opened.push(params.url);
        setTimeout(() => void decide(server, "approve"), 200);
        return { action: "accept" as const };
      });
    },
  );
  const answer = await client.callTool({ name: "pay", arguments: { key: "official" } });
  expect(answer.content).toEqual([{ type: "text", text: "pay:official" }]);
  expect(opened).toHaveLength(1);
  expect(ran("official")).toBe(1);
  await client.close();
});
