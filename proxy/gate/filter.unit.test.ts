import { expect, test } from "vitest";
import { digestOfDefinition, digestOfTwins } from "#lib/tools/digest.ts";
import type { JsonObject } from "#proxy/json/parse-json.ts";
import type { GateRecord } from "#proxy/ports.ts";
import { filterLists } from "./filter.ts";
import { compileGate } from "./gates.ts";

const tool = (name: string, description = "Gets."): JsonObject => ({
  name,
  description,
  inputSchema: { type: "object" },
});
const known = tool("known");
const waiting = tool("waiting", "Gets more.");
const changing = tool("known", "Gets everything.");

const record = (held: GateRecord["held"]): GateRecord => ({
  revision: 1,
  policyId: "p",
  policyVersion: 1,
  observe: false,
  document: { version: 1, default: "allow" },
  tools: [
    {
      name: "known",
      digest: digestOfDefinition(known),
      definition: known,
      category: "read",
      riskClass: "low",
    },
  ],
  held,
  server: {
    orgId: "o",
    id: "s",
    slug: "s",
    name: "S",
    kind: "url",
    url: "https://example.test/mcp",
    connector: null,
    transport: "streamable_http",
    revisions: [],
    settings: {},
    secrets: [],
    strippedCapabilities: [],
  },
});

const digests = { digestOfDefinition, digestOfTwins };
const isHeld = (definition: JsonObject) => ({
  name: String(definition.name),
  digest: digestOfDefinition(definition),
});
const isHeldTwice = (...definitions: JsonObject[]) => ({
  name: String(definitions[0]?.name),
  digest: digestOfTwins(definitions),
});
const gateWith = (held: GateRecord["held"]) => compileGate(record(held));
const filter = (held: JsonObject[], ...tools: JsonObject[]) =>
  filterList(held.map(isHeld), { tools });
const filterList = (held: GateRecord["held"], list: JsonObject, params: JsonObject = {}) =>
  filterLists(list, { method: "tools/list", params }, gateWith(held), digests);
const isNews = (...list: Parameters<typeof filterList>) => {
  const verdict = filterList(...list);
  return verdict.kind === "filtered" && verdict.drifted;
};
const kept = (positions: number[], drifted: boolean) => ({
  kind: "filtered",
  kept: { tools: positions },
  drifted,
});

test("a list that is as on record passes whole", () => {
  expect(filter([], known)).toEqual({ kind: "none" });
});

test("ADV-165 a new or changed definition is left out of the very list that shows it, and is news", () => {
  expect(filter([], known, waiting)).toEqual(kept([0], true));
  expect(filter([], changing)).toEqual(kept([], true));
});

test("a definition that is held already is left out and is no news", () => {
  expect(filter([waiting], known, waiting)).toEqual(kept([0], false));
  expect(filter([changing], changing)).toEqual(kept([], false));
});

test("a held tool that is announced differently again is news", () => {
  expect(filter([waiting], known, tool("waiting", "Gets all."))).toEqual(kept([0], true));
});

test("ADV-056 of two definitions of one name neither is listed, and that is news until both are held", () => {
  expect(filter([], known, changing)).toEqual(kept([], true));
  expect(filter([], changing, known)).toEqual(kept([], true));
  const held = [isHeldTwice(known, changing)];
  expect(filterList(held, { tools: [changing, known] })).toEqual(kept([], false));
  expect(isNews(held, { tools: [known, tool("known", "Gets another one.")] })).toBe(true);
});

test("ADV-056 a name that is listed on two pages is no news on either; once it stands alone it is", () => {
  const held = [isHeldTwice(known, changing)];
  expect(isNews(held, { tools: [known], nextCursor: "2" })).toBe(false);
  expect(isNews(held, { tools: [changing] }, { cursor: "2" })).toBe(false);
  expect(isNews(held, { tools: [changing] })).toBe(true);
});

test("a whole list that lacks a tool on record is news, a page of one is not", () => {
  expect(filter([], known, waiting)).toEqual(kept([0], true));
  expect(filter([], known)).toEqual({ kind: "none" });
  expect(filter([])).toEqual({ kind: "filtered", kept: {}, drifted: true });
  expect(filter([waiting], known)).toEqual({ kind: "filtered", kept: {}, drifted: true });
  expect(filterList([], { tools: [], nextCursor: "2" })).toEqual({ kind: "none" });
  expect(filterList([], { tools: [] }, { cursor: "2" })).toEqual({ kind: "none" });
  expect(filterLists({ tools: [] }, null, gateWith([]), digests)).toEqual({ kind: "none" });
});

test("what can never be put on record is no news, unless it is on record yet", () => {
  expect(filter([], known, tool("odd", "\ud800"))).toEqual(kept([0], false));
  expect(filter([], tool("known", "\ud800"))).toEqual(kept([], true));
});
