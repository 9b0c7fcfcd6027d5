import { expect, test } from "vitest";
import { database } from "#lib/db.ts";
import { expectAudit, expectRefusal } from "#lib/testing/expectations.ts";
import { makeAgent, makeOrg, makeServer } from "#lib/testing/factories.ts";
import { windowKey } from "./key.ts";
import { listLimitUsage, resetLimit } from "./limits.ts";

const document = {
  version: 1,
  default: "deny",
  tools: {
    pay: {
      action: "allow",
      rate_limit: [
        { max: 2, window: 60, per: "agent" },
        { max: 50, window: 3600, per: "server" },
      ],
    },
    "get_*": { action: "allow", rate_limit: { max: 3, window: 60 } },
  },
};

async function makeScene() {
  const owner = await makeOrg();
  const server = await makeServer(owner, { document, tools: ["pay"] });
  const agent = await makeAgent(owner, { name: "ci", servers: [server] });
  const orgId = owner.org.id;
  /** Slots taken so many seconds ago. */
  const take = (
    limitKey: string,
    per: "agent" | "server" | "session",
    ownerId: string,
    ...ago: number[]
  ) =>
    database().rateWindow.create({
      data: {
        orgId,
        key: windowKey(server.policyId, limitKey, per, ownerId),
        stamps: ago.map((seconds) => new Date(Date.now() - seconds * 1000)),
        counts: ago.map(() => 1),
        total: ago.length,
      },
    });
  await take("tools.pay/agent/60s", "agent", agent.id, 90, 50, 10);
  await take("tools.pay/server/3600s", "server", server.id, 50, 10);
  await take("tools.get_*/session/60s", "session", agent.tokenId, 5);
  return { owner, server, agent, slug: server.slug };
}

test("usage names rule and owner, counts what is in the window and says when a slot is free", async () => {
  const { owner, slug } = await makeScene();
  const usage = await listLimitUsage(owner, { server: slug });
  expect(usage).toMatchObject([
    {
      target: "tools.pay",
      per: "agent",
      owner: { name: "ci", agent: "ci" },
      used: 2,
      max: 2,
      windowSeconds: 60,
    },
    {
      target: "tools.get_*",
      per: "session",
      owner: { agent: "ci" },
      used: 1,
      max: 3,
      nextFreeAt: null,
    },
    {
      target: "tools.pay",
      per: "server",
      owner: { name: slug },
      used: 2,
      max: 50,
      nextFreeAt: null,
    },
  ]);
  const free = (usage[0]?.nextFreeAt?.getTime() ?? 0) - Date.now();
  expect(free).toBeGreaterThan(1_000);
  expect(free).toBeLessThan(11_000);
});

test("usage of one agent leaves out the windows of others", async () => {
  const { owner, server } = await makeScene();
  const idle = await makeAgent(owner, { servers: [server] });
  const rows = await listLimitUsage(owner, { agent: idle.name });
  expect(rows.map(({ per }) => per)).toEqual(["server"]);
});

test("a limit can be reset by hand, which is recorded; the others stay", async () => {
  const { owner, slug } = await makeScene();
  const [full] = await listLimitUsage(owner, { server: slug });
  expect(await resetLimit(owner, { server: slug, key: full?.key })).toEqual({ freed: 2 });
  await expectAudit(owner, {
    action: "limit.reset",
    name: slug,
    detail: { rule: "tools.pay", owner: "ci", per: "agent", freed: 2 },
  });
  expect(await listLimitUsage(owner, { server: slug })).toHaveLength(2);
  await expectRefusal(resetLimit(owner, { server: slug, key: full?.key }), "not_found");
});
