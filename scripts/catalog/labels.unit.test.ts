import { expect, test } from "vitest";
import { halfOf, judge, labelSets, score } from "./labels.ts";
import { readRecorded } from "./recorded.ts";
import { readSources } from "./source.ts";

const judged = Object.fromEntries(labelSets.map((set) => [set, judge(set)]));
const labelsOf = (set: string) => (judged[set] ?? []).map(({ label }) => label);

// What the checked-in classifier reaches, less a little: a change that falls below it is a regression.
test.each([
  ["development", { category: 0.97, withinOneStep: 0.98 }],
  ["test", { category: 0.92, withinOneStep: 0.98 }],
  ["separate", { category: 0.98, withinOneStep: 0.99 }],
])("the classifier agrees with the %s labels as well as it did", (set, floor) => {
  const said = score(judged[set] ?? []);
  expect(said.category).toBeGreaterThanOrEqual(floor.category);
  expect(said.withinOneStep).toBeGreaterThanOrEqual(floor.withinOneStep);
});

test.each(labelSets)("no Destructive or Financial tool of the %s labels is called Read", (set) => {
  expect(score(judged[set] ?? []).missed.map(({ label }) => label.tool)).toEqual([]);
});

test("the blind set is of servers that belong to no other set", () => {
  const others = labelSets.filter((set) => set !== "blind").flatMap(labelsOf);
  const known = new Set(others.map(({ server }) => server));
  expect(labelsOf("blind").filter(({ server }) => known.has(server))).toEqual([]);
  expect(new Set(labelsOf("blind").map(({ server }) => server)).size).toBeGreaterThanOrEqual(8);
  expect(labelsOf("blind").length).toBeGreaterThanOrEqual(100);
});

test("every label stands in the half its server belongs to, once", () => {
  for (const half of ["development", "test"]) {
    for (const { server } of labelsOf(half)) expect(halfOf(server)).toBe(half);
  }
  const named = labelSets.flatMap(labelsOf).map(({ server, tool }) => `${server} ${tool}`);
  expect(new Set(named).size).toBe(named.length);
});

test("the servers judged separately are in neither half", () => {
  const separate = new Set(labelsOf("separate").map(({ server }) => server));
  const halves = [...labelsOf("development"), ...labelsOf("test")].map(({ server }) => server);
  expect(halves.filter((server) => separate.has(server))).toEqual([]);
  expect(new Set(halves).size).toBeGreaterThanOrEqual(25);
  expect(halves.length).toBeGreaterThanOrEqual(300);
});

test("the record holds what sources.json lists, at the pinned versions", () => {
  const recorded = readRecorded();
  const sources = readSources();
  expect([...recorded.keys()].sort()).toEqual(sources.map(({ slug }) => slug).sort());
  for (const { slug, version } of sources) expect(recorded.get(slug)?.version).toBe(version);
  const tools = [...recorded.values()].flatMap((server) => server.tools);
  expect(recorded.size).toBeGreaterThanOrEqual(30);
  expect(tools.length).toBeGreaterThanOrEqual(1_000);
});

test("both tools of the seed pages are on record under the servers where they live", () => {
  const names = (slug: string) =>
    readRecorded()
      .get(slug)
      ?.tools.map(({ name }) => name) ?? [];
  expect(names("awslabs-appsync")).toContain("create_api_key");
  expect(names("awslabs-bedrock-agentcore")).toContain("identity_create_api_key_provider");
  expect(names("awslabs-valkey")).not.toContain("create_api_key");
});
