// A person's approval of a call that comes through the address of all servers, in both eras.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decideApproval, listApprovals } from "#lib/approvals/approvals.ts";
import { database } from "#lib/db.ts";
import { discovered, type Fleet, makeFleet } from "#proxy/testing/fleet.ts";
import { callBody, openSession, startProxy, type TestProxy } from "#proxy/testing/harness.ts";
import { askModern } from "#proxy/testing/modern.ts";
import { startUpstream, type TestUpstream } from "#proxy/testing/upstream.ts";

const document = {
  version: 1,
  default: "deny",
  tools: { wipe: { action: "require_approval", reason: "Wiping needs two." } },
};

let upstream: TestUpstream;
let proxy: TestProxy;
let patient: TestProxy;

beforeAll(async () => {
  upstream = await startUpstream();
  proxy = await startProxy();
  patient = await startProxy({ approvalHoldMs: 20_000 });
});

afterAll(async () => {
  await proxy.close();
  await patient.close();
  await upstream.close();
});

interface Result {
  content: { text: string }[];
  isError?: boolean;
  _meta?: Record<string, { outcome?: string }>;
}

type Call = (key: string, id?: string | number) => Promise<Result>;

interface Agent {
  call: Call;
  cancel(id: string): Promise<unknown>;
}

const eras: [string, (fleet: Fleet) => Promise<Agent>][] = [
  [
    "in a session",
    async (fleet) => {
      const send = await openSession(fleet.url, fleet.agent.token);
      return {
        async call(key, id = 1) {
          const { text } = await send(callBody("http__wipe", { key }, id));
          const data = [...text.matchAll(/^data: (.*)$/gm)].at(-1)?.[1];
          return JSON.parse(data ?? text).result;
        },
        cancel: (requestId) => {
          const params = { requestId };
          return send(
            JSON.stringify({ jsonrpc: "2.0", method: "notifications/cancelled", params }),
          );
        },
      };
    },
  ],
  [
    "of 2026-07-28",
    async (fleet) => ({
      async call(key) {
        const params = { name: "http__wipe", arguments: { key } };
        const { result } = (await askModern(fleet, "tools/call", params)).body;
        // What the proxy answers to a call that is not refused outright.
        return result as unknown as Result;
      },
      cancel: async () => {},
    }),
  ],
];

async function start(from: TestProxy): Promise<Fleet> {
  const { url } = upstream;
  return makeFleet(from, {
    http: await discovered({ url }, document),
    other: await discovered({ url }, { version: 1, default: "allow" }),
  });
}

const ran = (key: string) =>
  upstream.ledger.filter(({ body }) => body.includes("tools/call") && body.includes(key)).length;

async function decide({ context }: Fleet, decision: "approve" | "deny") {
  const pending = () => listApprovals(context, { state: "pending" });
  await expect.poll(async () => (await pending()).length, { timeout: 5_000 }).toBe(1);
  const [request] = await pending();
  await decideApproval(context, { id: request?.id, decision, note: "Seen." });
  return request;
}

/** The record: the server and tool that a call was about, and what was decided. */
async function record({ context, servers }: Fleet) {
  const where = { orgId: context.org.id };
  const rows = await database().call.findMany({ where, orderBy: { id: "asc" } });
  return rows.map(({ serverId, tool, decision }) => [
    serverId === servers.http?.id,
    tool,
    decision,
  ]);
}

describe.each(eras)("an agent %s", (era, open) => {
  const name = (key: string) => `${key}-${era.replaceAll(" ", "-")}`;

  test("is asked to wait, repeats the call once it is approved, and it runs once", async () => {
    const fleet = await start(proxy);
    const { call } = await open(fleet);
    const key = name("repeated");
    const waits = await call(key);
    expect(waits.isError).toBe(true);
    expect(waits.content[0]?.text).toContain('http__wipe on server "http" waits for a person');
    expect(waits.content[0]?.text).toContain("call http__wipe again with exactly the same");
    expect(waits._meta?.["dev.callgate/decision"]?.outcome).toBe("approval_required");
    expect((await call(key)).isError).toBe(true);
    const request = await decide(fleet, "approve");
    expect([request?.tool, request?.server]).toEqual(["wipe", "http"]);
    expect((await call(name("another"))).isError).toBe(true);
    expect((await call(key)).content[0]?.text).toBe(`wipe:${key}`);
    expect((await call(key)).isError).toBe(true);
    expect([ran(key), ran(name("another"))]).toEqual([1, 0]);
    const decisions = ["approval", "approval", "approval", "allowed", "approval"];
    expect(await record(fleet)).toEqual(decisions.map((decision) => [true, "wipe", decision]));
  });

  test("has its call held, and answered as if nobody had been asked when it is approved in time", async () => {
    const fleet = await start(patient);
    const { call } = await open(fleet);
    const key = name("held");
    const held = call(key);
    await decide(fleet, "approve");
    expect((await held).content[0]?.text).toBe(`wipe:${key}`);
    expect(ran(key)).toBe(1);
  });

  test("has its held call refused with the person's words", async () => {
    const fleet = await start(patient);
    const { call } = await open(fleet);
    const held = call(name("refused"));
    await decide(fleet, "deny");
    expect((await held).content[0]?.text).toContain("Reason: Seen.");
    expect(ran(name("refused"))).toBe(0);
  });
});

test("a held call that its session cancels is withdrawn", async () => {
  const fleet = await start(patient);
  const agent = await eras[0]?.[1](fleet);
  const held = agent?.call("cancelled", "call-9").catch(() => null);
  const orgId = fleet.context.org.id;
  const holds = () => database().approvalHold.count({ where: { orgId } });
  await expect.poll(holds, { timeout: 5_000 }).toBe(1);
  await agent?.cancel("call-9");
  await held;
  const states = async () => (await listApprovals(fleet.context)).map(({ state }) => state);
  await expect.poll(states).toEqual(["cancelled"]);
  expect(ran("cancelled")).toBe(0);
});
