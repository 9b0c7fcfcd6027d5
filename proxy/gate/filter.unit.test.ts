import { expect, test } from "vitest";
import { digestOfDefinition } from "#lib/tools/digest.ts";
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

const record = (held: JsonObject[]): GateRecord => ({
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
  held: held.map((definition) => ({
    name: String(definition.name),
    digest: digestOfDefinition(definition),
  })),
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

const filter = (held: JsonObject[], ...tools: JsonObject[]) =>
  filterLists({ tools }, "tools/list", compileGate(record(held)), digestOfDefinition);
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

test("of two definitions of one name neither is listed, and only the first can be news", () => {
  expect(filter([], known, tool("known", "Another."))).toEqual(kept([], false));
  expect(filter([], changing, known)).toEqual(kept([], true));
});

test("what can never be put on record is no news", () => {
  expect(filter([], known, tool("odd", "\ud800"))).toEqual(kept([0], false));
});
