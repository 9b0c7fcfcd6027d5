import { expect, test } from "vitest";
import { database } from "#lib/db.ts";
import { makeOrg, makeServer } from "#lib/testing/factories.ts";
import { storeDiscovery } from "#lib/tools/store.ts";
import { acceptTools, listTools } from "#lib/tools/tools.ts";
import { updateServer } from "./servers.ts";

const definition = (name: string) => ({ name, description: `To ${name}.` });

async function makeMoved() {
  const owner = await makeOrg();
  const { slug, id: serverId } = await makeServer(owner);
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

test("another name of the server, and the address it has, hold nothing", async () => {
  const { owner, slug, states } = await makeMoved();
  const before = await states();
  const { url } = await database().server.findFirstOrThrow({ where: { slug } });
  await updateServer(owner, { server: slug, name: "Renamed", ...(url !== null && { url }) });
  expect(await states()).toEqual(before);
});
