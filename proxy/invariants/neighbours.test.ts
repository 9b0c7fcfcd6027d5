// Tenants share admissions: what one of them sends or changes fails no call of another.
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { database } from "#lib/db.ts";
import {
  callBody,
  type GatedServer,
  gateServer,
  openSession,
  startProxy,
  type TestProxy,
} from "#proxy/testing/harness.ts";
import { startUpstream, type TestUpstream } from "#proxy/testing/upstream.ts";

let upstream: TestUpstream;
let proxy: TestProxy;

beforeAll(async () => {
  upstream = await startUpstream({ json: true });
  proxy = await startProxy();
});

afterAll(async () => {
  await proxy.close();
  await upstream.close();
});

const policy = {
  version: 1,
  default: "deny",
  tools: { get: { action: "allow" }, pay: { action: "require_approval" } },
};

async function open(): Promise<GatedServer & { send: Awaited<ReturnType<typeof openSession>> }> {
  const gated = await gateServer(proxy, upstream, policy);
  return { ...gated, send: await openSession(gated.url, gated.agent.token) };
}

const callsOf = ({ context }: GatedServer) =>
  database().call.findMany({ where: { orgId: context.org.id }, orderBy: { id: "asc" } });

describe("a neighbour", () => {
  test("that is being changed holds up its own calls alone", async () => {
    const [changed, other] = [await open(), await open()];
    await Promise.all([changed.send(callBody("get")), other.send(callBody("get"))]);
    const answers = await database().$transaction(
      async (transaction) => {
        await transaction.$executeRaw`select lock_org_for_change(${changed.context.org.id}::uuid)`;
        const waiting = [changed.send(callBody("get")), changed.send(callBody("get"))];
        const passing = Array.from({ length: 10 }, () => other.send(callBody("get")));
        const passed = await Promise.all(passing);
        return { passed, waited: await Promise.all(waiting) };
      },
      { timeout: 25_000 },
    );
    expect(answers.passed.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect(answers.waited.map(({ status }) => status)).toEqual([503, 503]);
    expect(await callsOf(changed)).toHaveLength(1);
    expect((await changed.send(callBody("get"))).status).toBe(200);
  });

  test("that asks for a resource of an absurd name is on record with its beginning, and every call is counted", async () => {
    const [hostile, other] = [await open(), await open()];
    const uri = `x://${randomBytes(4_000).toString("hex")}`;
    const body = JSON.stringify({
      jsonrpc: "2.0",
      id: 1,
      method: "resources/read",
      params: { uri },
    });
    const asked = Array.from({ length: 10 }, () => [
      hostile.send(body),
      other.send(callBody("get")),
    ]);
    const answers = await Promise.all(asked.flat());
    expect(answers.filter(({ status }) => status === 503)).toEqual([]);
    const [first] = await callsOf(hostile);
    expect(first?.tool).toMatch(/^x:\/\/[0-9a-f]{252}… \(sha256 [0-9a-f]{64}\)$/);
    expect(await callsOf(other)).toHaveLength(10);
  });

  test("that asks a person to approve more than one can read is told so, and nothing is kept of it", async () => {
    const { context, send } = await open();
    const { result } = JSON.parse(
      (await send(callBody("pay", { note: "n".repeat(300_000) }))).text,
    );
    expect(result.isError).toBe(true);
    expect(result.content[0].text).toContain("larger than the 256 KiB that can be asked for");
    expect(result._meta["dev.callgate/decision"]).toMatchObject({
      outcome: "denied",
      rule: "tools.pay",
    });
    expect(await database().approval.count({ where: { orgId: context.org.id } })).toBe(0);
  });
});
