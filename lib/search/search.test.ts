import { expect, test } from "vitest";
import { database } from "#lib/db.ts";
import { newId } from "#lib/ids.ts";
import { makeAgent, makeOrg, makeServer } from "#lib/testing/factories.ts";
import { findAnything } from "./search.ts";

test("servers, tools and agents are found by any part of their name, whatever its case", async () => {
  const context = await makeOrg();
  const server = await makeServer(context, {
    slug: "valkey-prod",
    name: "Valkey production",
    tools: ["valkey_write", "other"],
  });
  await makeAgent(context, { name: "valkey-bot", servers: [server] });
  expect(await findAnything(context, { query: "VALKEY" })).toEqual([
    { kind: "server", slug: "valkey-prod", name: "Valkey production" },
    { kind: "tool", name: "valkey_write", server: "valkey-prod" },
    { kind: "agent", name: "valkey-bot" },
  ]);
});

test("nothing of another org is found, not even a call by its id", async () => {
  const [mine, theirs] = [await makeOrg(), await makeOrg()];
  const server = await makeServer(theirs, { name: "Secret vault", tools: ["secret_read"] });
  const agent = await makeAgent(theirs, { name: "secret-agent", servers: [server] });
  const id = newId();
  await database().call.create({
    data: {
      orgId: theirs.org.id,
      id,
      agentId: agent.id,
      tokenId: agent.tokenId,
      serverId: server.id,
      tool: "secret_read",
      decision: "allowed",
      rule: "default",
      explanation: "",
      policyId: server.policyId,
      policyVersion: 1,
      argumentShape: [],
      requestBytes: 1,
    },
  });
  expect(await findAnything(mine, { query: "secret" })).toEqual([]);
  expect(await findAnything(mine, { query: id })).toEqual([]);
  expect(await findAnything(theirs, { query: id.toUpperCase() })).toEqual([
    { kind: "call", id, tool: "secret_read" },
  ]);
});

test("a text with the database's own wildcards finds only itself", async () => {
  const context = await makeOrg();
  await makeServer(context, { name: "Plain", tools: ["plain_tool"] });
  expect(await findAnything(context, { query: "%%" })).toEqual([]);
  expect(await findAnything(context, { query: "n_t" })).toHaveLength(1);
  expect(await findAnything(context, { query: "p_a" })).toEqual([]);
});
