import { expect, test } from "vitest";
import { parameterSummary } from "./parameters.ts";

test("parameters are counted and described in declared order", () => {
  const summary = parameterSummary({
    type: "object",
    properties: {
      owner: { type: "string", description: "Account that owns it" },
      state: { type: "string", enum: ["open", "closed"] },
      labels: { type: "array", items: { type: "string" } },
    },
    required: ["owner"],
  });
  expect(summary).toMatchObject({ total: 3, required: 1, truncated: false });
  expect(summary.list.map(({ name, type, required }) => [name, type, required])).toEqual([
    ["owner", "string", true],
    ["state", "string", false],
    ["labels", "array of string", false],
  ]);
  expect(summary.list[0]?.description).toBe("Account that owns it");
  expect(summary.list[1]?.enumValues).toEqual(["open", "closed"]);
});

test("optional values, references inside the document and nested objects are readable", () => {
  const summary = parameterSummary({
    properties: {
      ttl: { anyOf: [{ type: "integer" }, { type: "null" }] },
      kind: { type: ["string", "null"] },
      filter: { $ref: "#/$defs/Filter" },
      rows: { type: "array", items: { type: "object", properties: { id: { type: "integer" } } } },
    },
    $defs: {
      Filter: { type: "object", properties: { since: { type: "string" } }, required: ["since"] },
    },
  });
  expect(summary.list.map(({ type }) => type)).toEqual([
    "integer or null",
    "string or null",
    "object",
    "array of object",
  ]);
  expect(summary.list[2]?.children).toMatchObject([{ name: "since", required: true }]);
  expect(summary.list[3]?.children).toMatchObject([{ name: "id", type: "integer" }]);
});

test.each([
  ["nothing", undefined],
  ["null", null],
  ["a list", []],
  ["a text", "object"],
  ["properties that are a list", { properties: ["a"] }],
  ["required that is a text", { properties: {}, required: "a" }],
])("a schema that is %s has no parameters", (_, schema) => {
  expect(parameterSummary(schema)).toEqual({ total: 0, required: 0, list: [], truncated: false });
});

test("a name that is required but not declared is not counted", () => {
  expect(parameterSummary({ properties: { a: {} }, required: ["a", "b", 3] })).toMatchObject({
    total: 1,
    required: 1,
  });
});

// ADV-077: a remote reference must never be fetched; there is nothing here that could.
test("a remote reference is shown as a reference", () => {
  const summary = parameterSummary({
    properties: { a: { $ref: "http://169.254.169.254/x" }, b: { $ref: "file:///etc/passwd" } },
  });
  expect(summary.list.map(({ type }) => type)).toEqual(["reference", "reference"]);
});

// ADV-078: recursive and exponential schemas.
test("a schema that contains itself is cut and says so", () => {
  const summary = parameterSummary({
    properties: { child: { $ref: "#" } },
    $ref: "#/$defs/loop",
    $defs: { loop: { $ref: "#/$defs/loop" } },
  });
  expect(summary.total).toBe(0);
  const tree = parameterSummary({
    properties: { node: { $ref: "#/$defs/node" } },
    $defs: {
      node: {
        type: "object",
        properties: { left: { $ref: "#/$defs/node" }, right: { $ref: "#/$defs/node" } },
      },
    },
  });
  expect(tree.truncated).toBe(true);
});

test("a schema of thousands of properties keeps its true count and shows a bounded list", () => {
  const properties = Object.fromEntries(
    Array.from({ length: 5_000 }, (_, index) => [`p${index}`, { type: "string" }]),
  );
  const summary = parameterSummary({ properties });
  expect(summary.total).toBe(5_000);
  expect(summary.list.length).toBeLessThanOrEqual(500);
  expect(summary.truncated).toBe(true);
});

test("deep and wide alternatives are read without growing", () => {
  let schema: Record<string, unknown> = { type: "string" };
  for (let depth = 0; depth < 4_000; depth += 1)
    schema = { anyOf: [schema, schema], allOf: [schema] };
  const summary = parameterSummary({
    properties: {
      a: schema,
      b: { oneOf: Array.from({ length: 10_000 }, () => ({ type: "string" })) },
    },
  });
  expect(summary.list.map(({ type }) => type)).toEqual(["any", "string"]);
});
