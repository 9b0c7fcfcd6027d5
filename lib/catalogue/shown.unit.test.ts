import { expect, test } from "vitest";
import { parameterSummary } from "#lib/catalog/parameters.ts";
import { readRecorded } from "#scripts/catalog/recorded.ts";
import { type ShownParameter, shownDefinition } from "./shown.ts";

const recorded = [...readRecorded().values()].flatMap(({ tools }) => tools);

test("every parameter of every recorded tool has a row on its page, and no more than a few texts are cut", () => {
  const missing = recorded.filter(({ inputSchema }) => {
    const parameters = parameterSummary(inputSchema);
    return rows(shownDefinition(null, parameters).parameters) !== rows(parameters.list);
  });
  expect(missing.map(({ name }) => name)).toEqual([]);
  const cut = recorded.filter(({ description = "", inputSchema }) => {
    const shown = shownDefinition(description, parameterSummary(inputSchema));
    return shown.isDescriptionCut || shown.areParametersCut;
  });
  expect(cut.length).toBeLessThan(recorded.length / 100);
});

test.each([
  ["a hundred thousand letters", "x".repeat(100_000), 3],
  ["quotes and signs, which take most as HTML", `"<&'`.repeat(9_000), 200],
  ["another script", "工具".repeat(9_000), 500],
])("a definition of %s takes no more of a page than there is room for", (_what, text, count) => {
  const properties = Object.fromEntries(
    Array.from({ length: count }, (_, at) => [
      `field_${at}`,
      { type: "string", description: text },
    ]),
  );
  const shown = shownDefinition(text, parameterSummary({ type: "object", properties }));
  expect(shown.isDescriptionCut && shown.areParametersCut).toBe(true);
  expect(shown.parameters.length).toBeGreaterThan(2);
  const payload = JSON.stringify(JSON.stringify([shown.description, shown.parameters]));
  expect(Buffer.byteLength(payload)).toBeLessThan(24_000);
});

function rows(list: readonly { inner?: ShownParameter[]; children?: unknown[] }[]): number {
  return list.reduce((sum, { inner, children }) => {
    // A parameter's children are parameters.
    return sum + 1 + rows(inner ?? (children as typeof list | undefined) ?? []);
  }, 0);
}
