// Every case of the catalogue's areas on the protocol is a test somewhere, and every known way around a
// gate one with the oracle.
import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

/** Ids of the cases in each area of the adversarial catalogue. */
const areas = {
  "json-parse": [1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 16, 17],
  jsonrpc: [18, 20, 21, 22, 24, 25, 26, 28],
  http: [29, 30, 32, 33, 34, 36, 37, 38, 40, 41, 42],
  "tool-name": [52, 53, 54, 56, 57, 58],
  approvals: [104, 105, 106, 108, 109, 110, 112, 113, 114],
  "upstream-response": [144, 145, 146, 148, 149, 150, 152, 153, 154],
  "mcp-headers": [44, 45, 46, 48, 49, 50],
  sse: [156, 157, 158, 160, 161, 162],
  schema: [77, 78, 80, 81],
  "tool-poisoning": [164, 165, 166, 168, 169, 170],
};

/** Rows of the protocol notes' table of bypass classes. */
const lastRow = 17;

const sourcesOf = (...patterns: readonly string[]) =>
  patterns
    .flatMap((pattern) => globSync(pattern))
    .map((file) => readFileSync(file, "utf8"))
    .join("\n");
const sources = sourcesOf("proxy/**/*{test,cases}.ts", "lib/**/*{test,cases}.ts");
const bypasses = sourcesOf("proxy/adversarial/bypass*.ts");

test.each(Object.entries(areas))("every case of the area %s is tried", (_, ids) => {
  const names = ids.map((id) => `ADV-${String(id).padStart(3, "0")}`);
  expect(names.filter((name) => !sources.includes(name))).toEqual([]);
});

test("every row of the table of bypass classes is tried", () => {
  const rows = Array.from({ length: lastRow }, (_, at) => `row ${at + 1}`);
  // At the end of a title, or as a case's own row.
  const isTried = (row: string) => bypasses.includes(`(${row})"`) || bypasses.includes(`"${row}"`);
  expect(rows.filter((row) => !isTried(row))).toEqual([]);
});
