import pg from "pg";
import { expect, test, vi } from "vitest";
import { database } from "#lib/db.ts";
import { newId } from "#lib/ids.ts";
import { makeAgent, makeOrg, makeServer } from "#lib/testing/factories.ts";
import { listToolTable } from "./table.ts";
import { getTool, listTools } from "./tools.ts";

const document = {
  version: 1,
  default: "deny",
  classes: { read: { action: "allow" } },
  tools: {
    pay: [
      { when: [{ path: "amount", op: "gt", value: 100 }], action: "require_approval" },
      { action: "allow", rate_limit: { max: 10, window: 60, per: "agent" } },
    ],
  },
} as const;

const pay = {
  name: "pay",
  title: "Pay a bill",
  description: "Pays.",
  inputSchema: {
    type: "object",
    properties: { amount: { type: "number" }, to: { type: "string" }, memo: { type: "string" } },
    required: ["amount", "to"],
  },
};

test("a tool is shown with its class, its parameters, its rule and what was called of it", async () => {
  const owner = await makeOrg();
  const server = await makeServer(owner, {
    document: structuredClone(document),
    tools: [
      { name: "pay", definition: pay, category: "financial", riskClass: "critical" },
      { name: "get_bill", category: "read", riskClass: "low" },
      { name: "gone", category: "read", riskClass: "low", state: "removed" },
    ],
  });
  const agent = await makeAgent(owner, { servers: [server] });
  for (const decision of ["allowed", "limited", "denied"]) {
    await database().call.create({
      data: {
        orgId: owner.org.id,
        id: newId(),
        agentId: agent.id,
        tokenId: agent.tokenId,
        serverId: server.id,
        tool: "pay",
        decision,
        rule: "tools.pay[1]",
        explanation: "",
        policyId: server.policyId,
        policyVersion: 1,
        argumentShape: {},
        requestBytes: 1,
      },
    });
  }
  const rows = await listTools(owner, { server: server.slug });
  expect(await listToolTable(owner, { server: server.slug })).toMatchObject(
    rows.map(({ name, description, parameters, category, riskClass, rule }) => {
      return { name, description, parameters, category, riskClass, rule };
    }),
  );
  expect(rows).toMatchObject([
    {
      name: "get_bill",
      category: "read",
      rule: { choice: "allow", source: "class" },
      calls24h: 0,
    },
    {
      name: "pay",
      title: "Pay a bill",
      description: "Pays.",
      parameters: { total: 3, required: 2 },
      category: "financial",
      riskClass: "critical",
      definition: pay,
      rule: {
        choice: "limit",
        source: "tool",
        rateLimit: { max: 10, window: 60, per: "agent" },
        conditionCount: 1,
      },
      calls24h: 3,
      refused24h: 2,
    },
  ]);
  expect(await getTool(owner, { server: server.slug, tool: "pay" })).toEqual(rows[1]);
  expect(await getTool(owner, { server: server.slug, tool: "gone" })).toMatchObject({
    state: "removed",
  });
  await expect(getTool(owner, { server: server.slug, tool: "nope" })).rejects.toMatchObject({
    code: "not_found",
  });
});

test("a thousand tools cost as many queries as one", async () => {
  const owner = await makeOrg();
  const small = await makeServer(owner, { tools: ["one"] });
  const large = await makeServer(owner, {
    tools: Array.from({ length: 1_000 }, (_, index) => `tool_${index}`),
  });
  const count = async (server: { slug: string }) => {
    // Only watched: every statement to Postgres passes here.
    const watch = vi.spyOn(pg.Client.prototype, "query");
    await listTools(owner, { server: server.slug });
    const queries = watch.mock.calls.length;
    watch.mockRestore();
    return queries;
  };
  const queries = await count(small);
  expect(queries).toBeGreaterThan(0);
  expect(await count(large)).toBe(queries);
});

test("another org's tools do not exist", async () => {
  const owner = await makeOrg();
  const server = await makeServer(owner, { tools: ["one"] });
  const stranger = await makeOrg();
  await expect(listTools(stranger, { server: server.slug })).rejects.toMatchObject({
    code: "not_found",
  });
  await expect(getTool(stranger, { server: server.slug, tool: "one" })).rejects.toMatchObject({
    code: "not_found",
  });
});
