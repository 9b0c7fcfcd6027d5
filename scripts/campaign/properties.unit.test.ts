import { expect, test } from "vitest";
import { properties } from "#proxy/testing/properties/all.ts";
import { tryProperties } from "./properties.ts";

test("a campaign of properties tries every promise with as many inputs as asked", async () => {
  const lines: string[] = [];
  const say = (line: string) => lines.push(line);
  const { figures, broken } = await tryProperties({ seed: 1, say }, { runs: 25 });
  expect(broken).toEqual([]);
  expect(figures).toEqual({ promises: properties.length, inputs: 25 * properties.length });
  expect(lines).toHaveLength(properties.length);
});
