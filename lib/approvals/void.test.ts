import { afterAll, describe, expect, test } from "vitest";
import { database } from "#lib/db.ts";
import { openGatePool } from "#lib/gate/pool.ts";
import { applyPolicy, getPolicy } from "#lib/rules/rules.ts";
import { updateServer } from "#lib/servers/servers.ts";
import { expectRefusal } from "#lib/testing/expectations.ts";
import { contextAs, makeAgent, makeApproval, makeOrg, makeServer } from "#lib/testing/factories.ts";
import { decideApproval, getApproval } from "./approvals.ts";
import { voidOutdatedApprovals } from "./sweep.ts";
import { voidApprovals } from "./void.ts";

const pool = openGatePool(process.env.DATABASE_URL ?? "");
afterAll(() => pool.end());

async function makeScene() {
  const owner = await makeOrg();
  const server = await makeServer(owner, { tools: ["pay", "refund"] });
  const agent = await makeAgent(owner, { servers: [server] });
  const ask = (tool = "pay") =>
    makeApproval(owner, {
      agentId: agent.id,
      serverId: server.id,
      policyId: server.policyId,
      tool,
    });
  const pending = (await ask()).id;
  const approved = (await ask("refund")).id;
  await decideApproval(owner, { id: approved, decision: "approve" });
  const states = async () =>
    Promise.all([pending, approved].map(async (id) => (await getApproval(owner, { id })).state));
  expect(await states()).toEqual(["pending", "approved"]);
  return { owner, server, agent, pending, approved, states };
}

type Scene = Awaited<ReturnType<typeof makeScene>>;

test("a new version of the policy voids what waits and what is approved, at once", async () => {
  const { owner, server, pending, states } = await makeScene();
  await applyPolicy(owner, { server: server.slug, text: "version: 1\ndefault: allow\n" });
  expect(await states()).toEqual(["void", "void"]);
  const refusal = await expectRefusal(
    decideApproval(owner, { id: pending, decision: "approve" }),
    "conflict",
  );
  expect(refusal.message).toContain("no longer stands");
});

test("other cases are a new version that voids nothing: what decided goes on deciding", async () => {
  const { owner, server, pending, states } = await makeScene();
  const deciding = async () => {
    const [row] = await database().$queryRaw<{ version: number; revision: number }[]>`
      select coalesce(v.decides_as, v.version) as version, s.revision
      from servers s join policies p on p.org_id = s.org_id and p.id = s.policy_id
      join policy_versions v on v.org_id = p.org_id and v.policy_id = p.id and v.version = p.version
      where s.org_id = ${owner.org.id}::uuid and s.id = ${server.id}::uuid`;
    return row;
  };
  const before = await deciding();
  const { text } = await getPolicy(owner, { server: server.slug });
  const save = (name: string) =>
    applyPolicy(owner, {
      server: server.slug,
      text,
      cases: [{ name, tool: "pay", arguments: {}, expect: "deny" }],
    });
  expect(await save("nobody pays")).toEqual({ version: 2 });
  expect(await save("still nobody pays")).toEqual({ version: 3 });
  await voidOutdatedApprovals(pool);
  expect(await states()).toEqual(["pending", "approved"]);
  expect(await deciding()).toEqual(before);
  await decideApproval(owner, { id: pending, decision: "approve" });

  await applyPolicy(owner, {
    server: server.slug,
    text: "version: 1\ndefault: allow\n",
    cases: [],
  });
  expect(await states()).toEqual(["void", "void"]);
  expect((await deciding())?.version).toBe(4);
});

test("ADV-168 another address of the server voids its approvals; another name does not", async () => {
  const { owner, server, states } = await makeScene();
  await updateServer(owner, { server: server.slug, name: "Renamed" });
  expect(await states()).toEqual(["pending", "approved"]);
  await updateServer(owner, { server: server.slug, url: "https://elsewhere.example.test/mcp" });
  expect(await states()).toEqual(["void", "void"]);
});

test("a changed definition voids the approvals of that tool only", async () => {
  const { owner, server, states } = await makeScene();
  const scope = { serverId: server.id, tools: ["pay"] };
  expect(await voidApprovals(database(), owner.org.id, scope)).toBe(1);
  expect(await states()).toEqual(["void", "approved"]);
});

test("approvals of another org, and those that are over, are never voided", async () => {
  const { owner, states } = await makeScene();
  const other = await makeScene();
  const scope = { policyId: other.server.policyId };
  expect(await voidApprovals(database(), owner.org.id, scope)).toBe(0);
  expect(await other.states()).toEqual(["pending", "approved"]);
  expect(await states()).toEqual(["pending", "approved"]);
});

describe("the sweeper voids what a verb did not, when", () => {
  const key = ({ owner, server }: Scene) => ({ orgId: owner.org.id, id: server.id });
  const changes: [string, (scene: Scene) => Promise<unknown>, string[]][] = [
    [
      "the policy has another version",
      ({ server }) =>
        database().policy.updateMany({ where: { id: server.policyId }, data: { version: 2 } }),
      ["void", "void"],
    ],
    [
      "the server is removed",
      (scene) =>
        database().server.update({
          where: { orgId_id: key(scene) },
          data: { removedAt: new Date() },
        }),
      ["void", "void"],
    ],
    [
      "the agent is revoked",
      ({ agent }) =>
        database().agent.updateMany({ where: { id: agent.id }, data: { revokedAt: new Date() } }),
      ["void", "void"],
    ],
    [
      "the agent may not use the server any more",
      ({ agent }) => database().grant.deleteMany({ where: { agentId: agent.id } }),
      ["void", "void"],
    ],
    [
      "the tool is held for review",
      ({ server }) =>
        database().tool.updateMany({
          where: { serverId: server.id, name: "pay" },
          data: { state: "held" },
        }),
      ["void", "approved"],
    ],
    [
      "whoever approved has left the org",
      ({ owner }) => database().member.deleteMany({ where: { orgId: owner.org.id } }),
      ["pending", "void"],
    ],
  ];
  test.each(changes)("%s", async (_, change, expected) => {
    const scene = await makeScene();
    await voidOutdatedApprovals(pool);
    expect(await scene.states()).toEqual(["pending", "approved"]);
    await change(scene);
    await voidOutdatedApprovals(pool);
    expect(await scene.states()).toEqual(expected);
  });
});

test("what is outdated cannot be approved in the moment before the sweeper comes", async () => {
  const { owner, server, pending } = await makeScene();
  await database().policy.updateMany({ where: { id: server.policyId }, data: { version: 2 } });
  const other = await contextAs(owner, "admin");
  await expectRefusal(decideApproval(other, { id: pending, decision: "approve" }), "conflict");
});
