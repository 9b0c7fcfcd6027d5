import { expect, test } from "vitest";
import { definition } from "./testing.ts";
import { definitionTokens, totalTokens } from "./tokens.ts";

test("a definition costs about a token for every four characters a client passes on", () => {
  const short = { name: "ping", description: "Pings.", inputSchema: { type: "object" } };
  const text = '{"name":"ping","description":"Pings.","input_schema":{"type":"object"}}';
  expect(definitionTokens(short)).toBe(Math.ceil(text.length / 4));
  const longer = { ...short, description: `Pings.${" It waits for the answer.".repeat(16)}` };
  expect(definitionTokens(longer) - definitionTokens(short)).toBe(100);
});

test("what stays with the client costs nothing", () => {
  const plain = definition("get_user", "Gets a user.", "id*");
  const dressed = {
    ...plain,
    title: "Get a user",
    annotations: { readOnlyHint: true },
    outputSchema: { type: "object", description: "a long text ".repeat(50) },
  };
  expect(definitionTokens(dressed)).toBe(definitionTokens(plain));
});

test("a server costs what its tools cost together, and no tools cost nothing", () => {
  const tools = [definition("a", "One."), definition("b", "Two.", "x y z")];
  expect(totalTokens(tools)).toBe(tools.reduce((sum, tool) => sum + definitionTokens(tool), 0));
  expect(totalTokens([])).toBe(0);
});
