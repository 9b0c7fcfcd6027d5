import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeHeaderValue, encodeHeaderValue } from "./mirrored-headers.ts";
import {
  buildParameterHeaders,
  checkParameterHeaders,
  findParameterHeaders,
} from "./parameter-headers.ts";

test("whatever text is written into a header is read back, and a header can carry it", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      const value = encodeHeaderValue(text);
      expect(value).toMatch(/^[\t\x20-\x7e]*$/);
      expect(value.trim()).toBe(value);
      expect(decodeHeaderValue(value)).toBe(text);
    }),
    { numRuns: 2_000 },
  );
});

const tool = (properties: object) => ({ inputSchema: { type: "object", properties } });
const region = { type: "string", "x-mcp-header": "Region" };

describe("an argument is repeated in a header", () => {
  test("at any depth, by the definition's name for it", () => {
    const nested = {
      type: "object",
      properties: { count: { type: "integer", "x-mcp-header": "N" } },
    };
    expect(findParameterHeaders(tool({ region, nested }))).toEqual([
      { path: ["region"], header: "mcp-param-region", numeric: false },
      { path: ["nested", "count"], header: "mcp-param-n", numeric: true },
    ]);
  });

  test.each<[string, object]>([
    ["is not a token", { region: { ...region, "x-mcp-header": "a b" } }],
    ["is not text", { region: { ...region, "x-mcp-header": 7 } }],
    ["stands on an object", { region: { ...region, type: "object" } }],
    ["stands in a list", { list: { type: "array", items: { properties: { region } } } }],
  ])("unless its annotation %s", (_, properties) => {
    expect(findParameterHeaders(tool(properties))).toEqual([]);
  });

  test("numbers as numbers, and nothing where there is no value", () => {
    const wanted = findParameterHeaders(
      tool({ n: { type: "integer", "x-mcp-header": "N" }, region }),
    );
    expect(checkParameterHeaders(wanted, { n: 42 }, { "mcp-param-n": "42.0" })).toBeNull();
    expect(checkParameterHeaders(wanted, { n: 42 }, { "mcp-param-n": "0x2a" })).not.toBeNull();
    expect(checkParameterHeaders(wanted, { region: null }, {})).toBeNull();
    const agent = { "mcp-param-n": "7", "mcp-param-other": "x", "mcp-name": "get" };
    expect(buildParameterHeaders(wanted, { region: "é" }, agent)).toEqual({
      "mcp-param-other": "x",
      "mcp-param-region": "=?base64?w6k=?=",
    });
  });
});
