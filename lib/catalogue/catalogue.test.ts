import { expect, test } from "vitest";
import { database } from "#lib/db.ts";
import { AppError } from "#lib/errors.ts";
import { importCatalogue } from "./import.ts";
import { getCatalogueServerPage, listCatalogueServerPage } from "./lists.ts";
import { getCatalogueServer, getCatalogueTool, listCatalogueServers } from "./read.ts";
import { searchCatalogue } from "./search.ts";
import { proposedPolicy } from "./tool-text.ts";

const tool = (name: string, description: string, properties = {}) => ({
  name,
  description,
  inputSchema: { type: "object", properties, required: Object.keys(properties).slice(0, 1) },
});

function recording(slug: string, version: string, tools: unknown[]) {
  const text = JSON.stringify({
    slug,
    title: `The ${slug}`,
    summary: "Keeps notes.",
    ecosystem: "npm",
    package: `@example/${slug}`,
    version,
    recordedAt: "2026-11-21",
    command: `npx @example/${slug}@${version}`,
    homepage: "javascript:alert(1)",
    license: "MIT",
    protocolRevision: "2025-11-25",
    serverInfo: {},
    tools,
  });
  return { name: `${slug}.json`, text };
}

test("a recorded server can be searched and read, classified, with its parameters and its cost", async () => {
  await importCatalogue([
    recording("notes", "1.0.9", [
      tool("list_notes", "Lists all notes."),
      tool("deleteNote", "Permanently deletes one note.", { id: { type: "string" }, why: {} }),
    ]),
  ]);
  const found = await searchCatalogue({ query: "delete NOTE" });
  expect(found).toMatchObject({
    total: 1,
    pages: 1,
    tools: [{ name: "deleteNote", server: "notes" }],
  });
  const { tools, homepage } = await getCatalogueServer({ server: "notes" });
  expect(homepage).toBeNull();
  expect(tools.map(({ name }) => name)).toEqual(["deleteNote", "list_notes"]);
  expect(tools[0]).toMatchObject({
    category: "destructive",
    riskClass: "critical",
    parametersTotal: 2,
    parametersRequired: 1,
  });
  expect(tools[0]?.tokens).toBeGreaterThan(10);
});

test("a long server comes in pages, the worst tools first, and its policy speaks of all of them", async () => {
  const notes = Array.from({ length: 60 }, (_, at) => tool(`list_notes_${at}`, "Lists notes."));
  await importCatalogue([
    recording("long", "1", [...notes, tool("delete_note", "Permanently deletes one note.")]),
    recording("short", "1", [tool("a", "A.")]),
  ]);
  const first = await getCatalogueServerPage({ server: "long" });
  const second = await getCatalogueServerPage({ server: "long", page: "2" });
  expect([first.tools.length, second.tools.length, first.pages]).toEqual([50, 11, 2]);
  expect(first.summary).toMatchObject({ tools: 61, classes: { low: 60, critical: 1 } });
  const whole = await getCatalogueServer({ server: "long" });
  expect([...first.tools, ...second.tools].map(({ name }) => name)).toEqual(
    whole.tools.map(({ name }) => name),
  );
  expect(first.policy).toBe(proposedPolicy(whole.tools));
  expect(await listCatalogueServerPage({})).toEqual(await listCatalogueServers());
});

test("importing the same recordings again changes nothing, and what is gone from them is gone", async () => {
  const both = [recording("notes", "1.0.9", [tool("a", "A.")]), recording("other", "1", [])];
  await importCatalogue(both);
  expect(await importCatalogue(both)).toEqual({ servers: 2, tools: 1, unchanged: 2 });
  await importCatalogue(both.slice(0, 1));
  expect((await listCatalogueServers()).map(({ slug }) => slug)).toEqual(["notes"]);
});

test("a tool's page names the versions of its package and in which the definition changed", async () => {
  const versions = [
    ["1.0.9", "Does one thing."],
    ["1.0.10", "Does one thing."],
    ["1.1.0", "Does another thing."],
  ];
  for (const [version = "", says = ""] of versions) {
    await importCatalogue([
      recording("versioned", version, [tool("act", says), tool("see", "Sees.")]),
    ]);
  }
  const page = await getCatalogueTool({ server: "versioned", tool: "act" });
  expect(page.versions.map(({ version, changed }) => [version, changed])).toEqual([
    ["1.0.9", false],
    ["1.0.10", false],
    ["1.1.0", true],
  ]);
  expect(page.related.map(({ name }) => name)).toEqual(["see"]);
  expect(page.server.toolCount).toBe(2);
});

test("versions of any spelling stand in the order of their releases, and no version breaks the page", async () => {
  const released = [
    "0.9.0",
    "1.0.0.dev2",
    "1.0.0-alpha.1",
    "1.0.0-beta.1",
    "1.0.0rc1",
    "1.0.0",
    "1.0.0.post1",
    "1.0.2",
    "1.0.10",
    "v2",
    "99999999999999999999.1",
  ];
  for (const version of released.toReversed()) {
    await importCatalogue([recording("spelled", version, [tool("act", `As of ${version}.`)])]);
  }
  await importCatalogue([recording("spelled", "nightly", [tool("act", "Nightly.")])]);
  const { versions } = await getCatalogueTool({ server: "spelled", tool: "act" });
  expect(versions.map(({ version }) => version)).toEqual(["nightly", ...released]);
  expect(versions.map(({ changed }) => changed)).toEqual([false, ...released.map(() => true)]);
});

test("what is not in the catalogue is said to be missing, and a search for signs finds nothing", async () => {
  await importCatalogue([recording("notes", "1", [tool("a", "A.")])]);
  await expect(getCatalogueServer({ server: "nobody" })).rejects.toBeInstanceOf(AppError);
  await expect(getCatalogueTool({ server: "notes", tool: "b" })).rejects.toMatchObject({
    code: "not_found",
  });
  expect(await searchCatalogue({ query: "'); --" })).toMatchObject({ total: 0 });
  expect(await searchCatalogue({ query: "a & !b | (" })).toMatchObject({ tools: [] });
});

test("a file that is no recording is named, and the catalogue stays as it was", async () => {
  await importCatalogue([recording("notes", "1", [tool("a", "A.")])]);
  const broken = { name: "broken.json", text: "{}" };
  await expect(importCatalogue([broken])).rejects.toThrow("catalog/recorded/broken.json");
  expect(await database().catalogServer.count()).toBe(1);
});

test("the recorded files of the product hold both tools that people look for under Valkey, where they live", async () => {
  const { servers, tools } = await importCatalogue();
  expect(servers).toBeGreaterThanOrEqual(30);
  expect(tools).toBeGreaterThanOrEqual(1_000);
  const places = [
    ["awslabs-appsync", "create_api_key"],
    ["awslabs-bedrock-agentcore", "identity_create_api_key_provider"],
  ];
  for (const [server, name] of places) {
    const page = await getCatalogueTool({ server, tool: name });
    expect(page.tool.signals).toContain("creates_credentials");
  }
});
