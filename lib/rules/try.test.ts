import { expect, test } from "vitest";
import { database } from "#lib/db.ts";
import { makeAgent, makeOrg, makeServer } from "#lib/testing/factories.ts";
import { fingerprint } from "#lib/testing/world.ts";
import { tryPolicy } from "./try.ts";

const document = {
  version: 1,
  default: "deny",
  prompts: { summary: { action: "allow" } },
  tools: {
    pay: [
      {
        action: "require_approval",
        when: [{ path: "amount", op: "gt", value: 100 }],
        approval: { count: 2 },
        reason: "A person looks at large sums.",
      },
      {
        action: "allow",
        rate_limit: [
          { max: 3, window: 60, per: "session" },
          { max: 9, window: 60, per: "agent" },
        ],
      },
    ],
  },
};

async function makeScene() {
  const owner = await makeOrg();
  const pay = { name: "pay", category: "financial", riskClass: "high" };
  const held = { name: "held", category: "read", riskClass: "low", state: "held" as const };
  const server = await makeServer(owner, { tools: [pay, held], document });
  return { owner, server, slug: server.slug };
}

test("a call is decided with its reasons, and nothing is executed, counted or recorded", async () => {
  const { owner, slug } = await makeScene();
  const before = await fingerprint(owner.org.id);
  expect(await tryPolicy(owner, { server: slug, tool: "pay", arguments: { amount: 500 } })).toEqual(
    {
      decision: "require_approval",
      rule: "tools.pay[0]",
      reason: "A person looks at large sums.",
      explanation:
        "tools.pay[0] requires approval of this call because amount is more than 100 (it is a number).",
      limits: [
        { rule: "tools.pay[1]", max: 9, windowSeconds: 60, per: "agent", survivesReconnect: true },
        {
          rule: "tools.pay[1]",
          max: 3,
          windowSeconds: 60,
          per: "session",
          survivesReconnect: false,
        },
      ],
      approval: { count: 2 },
      notes: [],
    },
  );
  expect(await fingerprint(owner.org.id)).toBe(before);
});

test("a draft decides instead of what is stored", async () => {
  const { owner, slug } = await makeScene();
  const draft = { server: slug, tool: "pay", text: "version: 1\ndefault: allow\n" };
  expect(await tryPolicy(owner, draft)).toMatchObject({ decision: "allow", rule: "default" });
});

test("prompts, resources, held and unknown tools are answered as agents would meet them", async () => {
  const { owner, slug } = await makeScene();
  const outcome = async (target: object) => {
    const { decision, notes } = await tryPolicy(owner, { server: slug, ...target });
    return [decision, notes.length];
  };
  expect(await outcome({ prompt: "summary" })).toEqual(["allow", 0]);
  expect(await outcome({ resource: "file:///etc/passwd" })).toEqual(["deny", 0]);
  expect(await outcome({ tool: "nothing" })).toEqual(["hide", 0]);
  expect(await outcome({ tool: "held" })).toEqual(["deny", 1]);
});

test("an agent is decided by the policy of its grant, and told when it has no access", async () => {
  const { owner, server, slug } = await makeScene();
  const other = await makeServer(owner, { document: { version: 1, default: "allow" } });
  const agent = await makeAgent(owner, { servers: [server] });
  const stranger = await makeAgent(owner);
  const ask = { server: slug, tool: "pay", arguments: { amount: 500 } };
  expect(await tryPolicy(owner, { ...ask, agent: agent.name })).toMatchObject({
    decision: "require_approval",
    notes: [],
  });
  await database().grant.updateMany({
    where: { orgId: owner.org.id, agentId: agent.id },
    data: { policyId: other.policyId },
  });
  const asked = await tryPolicy(owner, { ...ask, agent: agent.name });
  expect(asked).toMatchObject({ decision: "allow" });
  expect(asked.notes[0]).toContain(other.name);
  expect((await tryPolicy(owner, { ...ask, agent: stranger.name })).notes[0]).toContain(
    "no access",
  );
});
