import { expect, test } from "vitest";
import { filterTools, groupTools, type ToolView } from "./tool-view.ts";

test("tools held for review stand on top, then the worst category first", () => {
  const groups = groupTools([
    tool({ name: "get", category: "read" }),
    tool({ name: "pay", category: "financial" }),
    tool({ name: "drop", category: "destructive" }),
    tool({ name: "list", category: "read", held: "changed" }),
  ]);
  expect(groups.map(({ id }) => id)).toEqual(["held", "financial", "destructive", "read"]);
});

test("inside a category the riskiest tool comes first, equal ones by name", () => {
  const [group] = groupTools([
    tool({ name: "b", riskClass: "low" }),
    tool({ name: "a", riskClass: "low" }),
    tool({ name: "z", riskClass: "critical" }),
  ]);
  expect(group?.tools.map(({ name }) => name)).toEqual(["z", "a", "b"]);
});

test("every word of a search has to be in the name or the description, in any order", () => {
  const tools = [
    tool({ name: "json_set", description: "Stores a value at a path." }),
    tool({ name: "json_get", description: "Reads a value." }),
  ];
  const found = filterTools(tools, { ...everything, query: "path JSON" });
  expect(found.map(({ name }) => name)).toEqual(["json_set"]);
});

test("“Not set” finds tools that no rule of their own speaks of", () => {
  const tools = [
    tool({ name: "inherits" }),
    tool({ name: "own", rule: { choice: "deny", source: "tool", rule: "", conditionCount: 0 } }),
    tool({
      name: "conditional",
      rule: { choice: "deny", source: "default", rule: "", conditionCount: 1 },
    }),
  ];
  const unset = filterTools(tools, { ...everything, rule: "unset" });
  expect(unset.map(({ name }) => name)).toEqual(["inherits"]);
  const denied = filterTools(tools, { ...everything, rule: "deny" });
  expect(denied.map(({ name }) => name)).toEqual(["own", "conditional"]);
});

const everything = { query: "", category: null, risk: null, rule: null };

function tool(parts: Partial<ToolView>): ToolView {
  return {
    name: "tool",
    description: "",
    parameters: { total: 0, required: 0 },
    category: "read",
    riskClass: "low",
    held: null,
    doubts: [],
    heldAs: null,
    heldDigest: null,
    heldChanges: [],
    rule: { choice: "deny", source: "default", rule: "default", conditionCount: 0 },
    calls24h: 0,
    refused24h: 0,
    ...parts,
  };
}
