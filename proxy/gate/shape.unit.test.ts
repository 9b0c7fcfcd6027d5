import { createSecretKey } from "node:crypto";
import { expect, test } from "vitest";
import { argumentShape } from "./shape.ts";

const key = createSecretKey(Buffer.alloc(32, 1));
const digest = expect.stringMatching(/^[0-9a-f]{32}$/);

test("paths, types and lengths of arguments are recorded, and no value", () => {
  const shape = argumentShape({ to: ["a@b.c", null], opts: { dry: true, n: 5 } }, key);
  expect(shape).toEqual([
    { path: "to", type: "array", length: 2 },
    { path: "to[0]", type: "string", length: 5, digest },
    { path: "to[1]", type: "null" },
    { path: "opts", type: "object", length: 2 },
    { path: "opts.dry", type: "boolean", digest },
    { path: "opts.n", type: "number", digest },
  ]);
  expect(JSON.stringify(shape)).not.toContain("a@b.c");
});

test.each([
  ["a long key of many elements", { ["k".repeat(100_000)]: Array.from({ length: 100 }, () => 0) }],
  ["long keys within long keys", { ["k".repeat(500)]: { ["l".repeat(500)]: { m: 0 } } }],
  ["a key cut within a pair of surrogates", { [`${"k".repeat(199)}😀`]: 1 }],
  ["a hundred thousand elements", { all: Array.from({ length: 100_000 }, () => 0) }],
])("the record of %s is small and can be stored", (_, args) => {
  const shape = argumentShape(args, key);
  expect(shape.length).toBeLessThanOrEqual(64);
  for (const { path } of shape) {
    expect(path.length).toBeLessThanOrEqual(201);
    expect(path.isWellFormed()).toBe(true);
  }
});
