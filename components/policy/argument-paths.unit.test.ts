import { expect, test } from "vitest";
import { argumentPaths, exampleArguments, operatorsFor } from "./argument-paths.ts";

const schema = {
  type: "object",
  required: ["command", "amount"],
  properties: {
    command: { type: "string", enum: ["GET", "SET"] },
    amount: { anyOf: [{ type: "null" }, { type: "integer", minimum: 2 }] },
    tags: { type: "array", items: { $ref: "#/$defs/tag" } },
    "a]b": { type: "string" },
  },
  $defs: { tag: { type: "object", properties: { name: { type: "string" } } } },
};

test("a tool's schema offers its places with type and choices", () => {
  expect(argumentPaths(schema)).toEqual([
    { path: "command", type: "text", options: ["GET", "SET"] },
    { path: "amount", type: "number", options: [] },
    { path: "tags", type: "list", options: [] },
    { path: "tags[*]", type: "any", options: [] },
    { path: "tags[*].name", type: "text", options: [] },
  ]);
});

test("a schema that refers to itself ends", () => {
  const self = { properties: { next: { $ref: "#" } } };
  expect(argumentPaths(self).length).toBeGreaterThan(1);
  expect(exampleArguments({ required: ["next"], ...self })).toBeTypeOf("object");
  expect(argumentPaths(null)).toEqual([]);
});

test("a call to try begins with what is required", () => {
  expect(exampleArguments(schema)).toEqual({ command: "GET", amount: 2 });
});

test("operators fit the type of the argument", () => {
  expect(operatorsFor("number")).not.toContain("contains");
  expect(operatorsFor("list")).toEqual(["length", "exists"]);
});
