import { expect, test } from "vitest";
import type { OrgContext } from "#lib/auth/context.ts";
import { database } from "#lib/db.ts";
import { makeOrg, makeServer } from "#lib/testing/factories.ts";
import { storeDiscovery } from "#lib/tools/store.ts";
import { acceptTools, listTools } from "#lib/tools/tools.ts";
import { registerServer, updateServer } from "./servers.ts";

const definition = (name: string) => ({ name, description: `To ${name}.` });

async function makeMoved(
  register: (owner: OrgContext) => Promise<{ id: string; slug: string }> = makeServer,
) {
  const owner = await makeOrg();
  const { slug, id: serverId } = await register(owner);
  const key = { orgId: owner.org.id, serverId };
  const discover = (...names: string[]) =>
    storeDiscovery(key, {
      tools: names.map(definition),
      protocolRevision: "2025-11-25",
      serverInfo: {},
    });
  const states = async () => {
    const tools = await database().tool.findMany({ where: key, orderBy: { name: "asc" } });
    return tools.map(({ name, state }) => `${name} ${state}`);
  };
  await discover("pay", "refund", "wire");
  await discover("pay", "refund");
  expect(await states()).toEqual(["pay accepted", "refund accepted", "wire removed"]);
  return { owner, slug, discover, states };
}

test("ADV-168 behind another address the same definitions are held until accepted there", async () => {
  const { owner, slug, discover, states } = await makeMoved();
  await updateServer(owner, { server: slug, url: "https://elsewhere.example.test/mcp" });
  expect(await states()).toEqual(["pay held", "refund held", "wire removed"]);
  await discover("pay", "refund", "wire");
  expect(await states()).toEqual(["pay held", "refund held", "wire held"]);
  expect((await listTools(owner, { server: slug })).every(({ isNew }) => isNew)).toBe(true);
  await acceptTools(owner, { server: slug, tools: ["pay"] });
  await discover("pay", "refund", "wire");
  expect(await states()).toEqual(["pay accepted", "refund held", "wire held"]);
});

const connector = (owner: OrgContext) =>
  registerServer(owner, {
    slug: "cache",
    name: "Cache",
    kind: "connector",
    connector: "valkey",
    settings: { host: "cache.internal" },
  });

test.each([{ host: "elsewhere.internal" }, { port: 6380 }, { user: "somebody" }])(
  "ADV-168 a connector that leads to %o holds its tools until accepted there",
  async (change) => {
    const { owner, slug, states } = await makeMoved(connector);
    const settings = { host: "cache.internal", ...change };
    await updateServer(owner, { server: slug, settings });
    expect(await states()).toEqual(["pay held", "refund held", "wire removed"]);
    const [latest] = await database().auditEvent.findMany({
      where: { orgId: owner.org.id, action: "server.update" },
    });
    expect(latest?.detail).toMatchObject({ settings: change, from: { host: "cache.internal" } });
  },
);

test("a connector's switches, and the address it has however spelled, hold nothing", async () => {
  const { owner, slug, states } = await makeMoved(connector);
  const before = await states();
  const settings = { host: " cache.internal", port: "6379", read_only: true };
  await updateServer(owner, { server: slug, settings });
  expect(await states()).toEqual(before);
});

test("another name of the server, and the address it has, hold nothing", async () => {
  const { owner, slug, states } = await makeMoved();
  const before = await states();
  const { url } = await database().server.findFirstOrThrow({ where: { slug } });
  await updateServer(owner, { server: slug, name: "Renamed", ...(url !== null && { url }) });
  expect(await states()).toEqual(before);
});
