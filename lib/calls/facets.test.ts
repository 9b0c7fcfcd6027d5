import { expect, test } from "vitest";
import { z } from "zod";
import { makeAgent, makeOrg, makeServer } from "#lib/testing/factories.ts";
import { listCallFacets } from "./facets.ts";
import { callFloor } from "./floor.ts";
import { ListCalls } from "./schema.ts";

test("the record can be narrowed down to the org's own servers, agents and tools only", async () => {
  const [mine, theirs] = [await makeOrg(), await makeOrg()];
  const server = await makeServer(mine, { slug: "mine", name: "Mine", tools: ["b", "a"] });
  const second = await makeServer(mine, { slug: "second", name: "Second", tools: ["a", "c"] });
  await makeAgent(mine, { name: "my-agent", servers: [server, second] });
  await makeServer(theirs, { slug: "theirs", name: "Theirs", tools: ["z"] });
  await makeAgent(theirs, { name: "their-agent" });
  expect(await listCallFacets(mine)).toEqual({
    servers: [
      { slug: "mine", name: "Mine" },
      { slug: "second", name: "Second" },
    ],
    agents: ["my-agent"],
    tools: ["a", "b", "c"],
  });
  expect((await listCallFacets(mine, { server: "second" })).tools).toEqual(["a", "c"]);
});

test("an instant is a place in the record that listing calls accepts", () => {
  const floor = callFloor(new Date("2026-11-21T12:00:00Z"));
  expect(z.uuid().safeParse(floor).success).toBe(true);
  expect(ListCalls.safeParse({ before: floor }).success).toBe(true);
});
