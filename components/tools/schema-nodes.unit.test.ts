import { expect, test } from "vitest";
import { schemaNodes } from "./schema-nodes.ts";

test("a schema is shown as names, types, what is required and what is allowed", () => {
  const nodes = schemaNodes({
    type: "object",
    required: ["key"],
    properties: {
      key: { type: "string", description: "Which key.", maxLength: 64 },
      mode: { enum: ["a", "b"], type: "string", default: "a" },
      tags: { type: "array", items: { type: "string" } },
      value: { anyOf: [{ type: "string" }, { type: "null" }] },
    },
  });
  expect(nodes).toMatchObject([
    { name: "key", type: "string", required: true, facts: ["length to 64"] },
    { name: "mode", required: false, facts: ['one of "a", "b"', 'default "a"'] },
    { name: "tags", type: "list of string" },
    { name: "value", type: "string or null" },
  ]);
});

test("nested objects are shown, also behind a reference and inside a list", () => {
  const nodes = schemaNodes({
    $defs: { Owner: { type: "object", properties: { id: { type: "integer" } } } },
    properties: { owners: { type: "array", items: { $ref: "#/$defs/Owner" } } },
  });
  expect(nodes[0]).toMatchObject({ type: "list of object", children: [{ name: "id" }] });
});

test("a schema that refers to itself, or is none, ends", () => {
  const loop = {
    $defs: { Node: { properties: { next: { $ref: "#/$defs/Node" } } } },
    $ref: "#/$defs/Node",
  };
  expect(JSON.stringify(schemaNodes(loop)).length).toBeLessThan(5_000);
  for (const nonsense of [null, 7, "x", [], { properties: 3 }, { properties: { a: null } }]) {
    expect(() => schemaNodes(nonsense)).not.toThrow();
  }
});

test("a list of itself without properties ends", () => {
  const loop = {
    $defs: { L: { type: "array", items: { $ref: "#/$defs/L" } } },
    properties: { a: { $ref: "#/$defs/L" } },
  };
  expect(schemaNodes(loop)).toHaveLength(1);
});

test("a schema that branches into itself is cut instead of filling memory", () => {
  const names = Array.from({ length: 30 }, (_, index) => [`p${index}`, { $ref: "#" }]);
  const text = JSON.stringify(schemaNodes({ properties: Object.fromEntries(names) }));
  expect(text.split('"name"').length).toBeLessThan(500);
});
