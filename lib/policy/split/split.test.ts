import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compilePolicy } from "../compile.ts";
import { describeRule } from "../describe.ts";
import { asList, type PolicyDocument } from "../document.ts";
import { setToolChoice, type ToolChoice } from "../edit.ts";
import { effectiveRule } from "../effective.ts";
import { evaluate } from "../evaluate.ts";
import { documentOf, outcomeOf, toolOf } from "../testing.ts";
import type { JsonObject } from "../types.ts";
import { commandRows, type Split, setCommandRule, splitOf } from "./split.ts";

const server = "awslabs.valkey-mcp-server";
const tools = ["valkey_read", "valkey_write", "valkey_admin", "manage_index"];
const bare = documentOf("{version: 1, default: deny}");

function splitFor(tool: string): Split {
  const split = splitOf(server, tool);
  if (split === null) throw new Error(`${tool} has no commands`);
  return split;
}

function decide(document: PolicyDocument, tool: string, args: JsonObject): string {
  // Through the text, as a stored policy is read.
  const read = documentOf(JSON.stringify(document));
  return outcomeOf(evaluate(compilePolicy(read), { tool: toolOf(tool), arguments: args }));
}

test("only the known server's multi-purpose tools divide into commands", () => {
  expect(tools.map((tool) => splitFor(tool).commands.length)).toEqual([73, 74, 21, 4]);
  expect(splitOf(server, "json_get")).toBeNull();
  expect(splitOf("somebody.else", "valkey_write")).toBeNull();
  expect(
    splitFor("valkey_write").commands.filter((each) => each.category === "destructive"),
  ).toHaveLength(24);
});

const guarded = (["allow", "deny"] as const).map((others) => {
  const start = setToolChoice(bare, ["valkey_write", "valkey_admin", "manage_index"], {
    choice: others,
  });
  const write = setCommandRule(start, "valkey_write", splitFor("valkey_write"), ["DEL", "UNLINK"], {
    choice: "approve",
  });
  const set = setCommandRule(write, "valkey_write", splitFor("valkey_write"), ["SET"], {
    choice: "allow",
  });
  const admin = setCommandRule(set, "valkey_admin", splitFor("valkey_admin"), ["CONFIG SET"], {
    choice: "approve",
  });
  return setCommandRule(admin, "manage_index", splitFor("manage_index"), ["DROP"], {
    choice: "hide",
  });
});

// What a call ends in where all other commands are allowed, and where they are denied.
describe.each([
  ["valkey_write", { command: "DEL", args: ["k"] }, "approve", "approve"],
  ["valkey_write", { command: "del" }, "approve", "approve"],
  ["valkey_write", { command: "DEL key" }, "approve", "approve"],
  ["valkey_write", { command: "  Del\tkey" }, "approve", "approve"],
  ["valkey_write", { command: "\n", args: ["", " del", "k"] }, "approve", "approve"],
  ["valkey_write", { command: "UNLINK", args: '["k"]' }, "approve", "approve"],
  ["valkey_write", { command: "DEL", args: 7 }, "approve", "approve"],
  ["valkey_write", { command: "unl\u0131nk" }, "approve", "deny"],
  ["valkey_write", { command: "UNL\u0130NK" }, "approve", "deny"],
  ["valkey_write", { command: "DEL\u00a0k" }, "approve", "deny"],
  ["valkey_write", { command: ["DEL"] }, "approve", "deny"],
  ["valkey_write", { command: null, args: ["DEL"] }, "approve", "deny"],
  ["valkey_write", { Command: "DEL" }, "approve", "deny"],
  ["valkey_write", {}, "approve", "deny"],
  ["valkey_write", { command: "", args: ["DEL"] }, "approve", "approve"],
  ["valkey_write", { command: "", args: [7, "DEL"] }, "approve", "deny"],
  ["valkey_write", { command: "DELX" }, "allow", "deny"],
  ["valkey_write", { command: "DE", args: ["L"] }, "allow", "deny"],
  ["valkey_write", { command: "set", args: ["DEL", "UNLINK"] }, "allow", "allow"],
  ["valkey_write", { command: "SET", args: '["a", "b"]' }, "allow", "allow"],
  ["valkey_write", { command: "RENAME", args: ["a", "b"] }, "allow", "deny"],
  ["valkey_admin", { command: "CONFIG SET", args: ["a", "b"] }, "approve", "approve"],
  ["valkey_admin", { command: "config", args: ["set", "a", "b"] }, "approve", "approve"],
  ["valkey_admin", { command: "config  set a" }, "approve", "approve"],
  ["valkey_admin", { command: "CONFIG", args: ["SET a"] }, "approve", "approve"],
  ["valkey_admin", { command: "CONFIG", args: '["SET", "a"]' }, "approve", "deny"],
  ["valkey_admin", { command: "CONFIG", args: { 0: "SET" } }, "approve", "deny"],
  ["valkey_admin", { command: "CONFIG", args: [null, "SET"] }, "approve", "deny"],
  ["valkey_admin", { command: "CONFIG" }, "allow", "deny"],
  ["valkey_admin", { command: "CONFIG", args: ["RESETSTAT"] }, "allow", "deny"],
  ["manage_index", { action: "drop", index_name: "i" }, "hide", "hide"],
  ["manage_index", { action: "DROP" }, "hide", "hide"],
  ["manage_index", { action: "dropped" }, "allow", "deny"],
  ["manage_index", {}, "hide", "hide"],
] as [string, JsonObject, string, string][])("%s %j", (tool, args, open, closed) => {
  test.each([
    ["allowed", open],
    ["denied", closed],
  ])(`with all others %s`, (others, outcome) => {
    const document = guarded[others === "allowed" ? 0 : 1];
    expect(document && decide(document, tool, args)).toBe(outcome);
  });
});

test("the rows say what each command gets, and what all others get", () => {
  const { commands, others } = commandRows(
    guarded[1] ?? bare,
    toolOf("valkey_write"),
    splitFor("valkey_write"),
  );
  const rule = (name: string) => commands.find(({ command }) => command === name);
  expect(rule("DEL")).toMatchObject({
    category: "destructive",
    riskClass: "high",
    rule: { choice: "approve", source: "tool", conditionCount: 0 },
  });
  expect(rule("SET")).toMatchObject({ category: "write", rule: { choice: "allow" } });
  expect(rule("APPEND")?.rule).toMatchObject({ choice: "deny", source: "tool" });
  expect(others).toMatchObject({ choice: "deny", conditionCount: 0 });
  expect(effectiveRule(guarded[1] ?? bare, toolOf("valkey_write"))).toMatchObject({
    choice: "deny",
    conditionCount: 2,
  });
});

test("a command of a later version of the server has a row once a rule names it", () => {
  const split = splitFor("valkey_admin");
  const document = setCommandRule(bare, "valkey_admin", split, ["CONFIG GET"], { choice: "allow" });
  const { commands } = commandRows(document, toolOf("valkey_admin"), split);
  expect(commands.find(({ command }) => command === "CONFIG GET")?.rule.choice).toBe("allow");
  expect(commands).toHaveLength(22);
});

test("the document keeps ordinary rules that read as sentences", () => {
  const split = splitFor("valkey_admin");
  const document = setCommandRule(
    setToolChoice(bare, ["valkey_admin"], { choice: "deny", reason: "Ask." }),
    "valkey_admin",
    split,
    ["SAVE", "CONFIG SET"],
    { choice: "limit", rateLimit: { max: 1, window: 3600, per: "org" } },
  );
  expect(asList(document.tools?.valkey_admin).map(describeRule)).toEqual([
    'Allow up to 1 call per hour per org when command joined with args begins with the command "CONFIG SET" or "SAVE", ignoring case.',
    'Deny when command joined with args begins with none of the commands "CONFIG SET" or "SAVE", ignoring case.',
  ]);
});

test("taking every command's rule back leaves the tool's own rule as it was", () => {
  const before = setToolChoice(bare, ["valkey_write"], { choice: "limit", reason: "Slowly." });
  const split = splitFor("valkey_write");
  const divided = setCommandRule(before, "valkey_write", split, ["DEL", "SET"], { choice: "hide" });
  const without = setCommandRule(divided, "valkey_write", split, ["SET"], null);
  expect(setCommandRule(without, "valkey_write", split, ["del"], null)).toEqual(before);
});

test("a choice for the whole tool is for the commands without a rule of their own", () => {
  const split = splitFor("valkey_write");
  const divided = setCommandRule(bare, "valkey_write", split, ["SET"], { choice: "allow" });
  const denied = setToolChoice(divided, ["valkey_write"], { choice: "deny", reason: "No." });
  expect(decide(denied, "valkey_write", { command: "SET" })).toBe("allow");
  expect(decide(denied, "valkey_write", { command: "DEL" })).toBe("deny");
  const hidden = setToolChoice(denied, ["valkey_write"], { choice: "hide" });
  expect(asList(hidden.tools?.valkey_write)).toHaveLength(2);
  expect(setToolChoice(hidden, ["valkey_write"], null)).toEqual(divided);
});

test("rules with other conditions stay and still restrict", () => {
  const start = documentOf(`
version: 1
default: deny
tools:
  valkey_write:
    - when: [{ path: "args[0]", op: starts_with, value: "prod:" }]
      action: deny
    - action: allow
`);
  const document = setCommandRule(start, "valkey_write", splitFor("valkey_write"), ["SET"], {
    choice: "allow",
  });
  expect(decide(document, "valkey_write", { command: "SET", args: ["prod:a", "1"] })).toBe("deny");
  expect(decide(document, "valkey_write", { command: "SET", args: ["dev:a", "1"] })).toBe("allow");
});

const choice = fc.constantFrom<ToolChoice["choice"]>("allow", "limit", "approve", "deny", "hide");
const space = fc.constantFrom(" ", " ", "  ", "\t");

/** Calls around a tool's commands: in other cases, over both arguments, with words before and after. */
const spelledCalls = (split: Split) =>
  fc
    .record({
      command: fc.constantFrom(...split.commands.map((each) => each.command), "FOO", "CONFIG", ""),
      upper: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
      exotic: fc.boolean(),
      gap: space,
      lead: fc.constantFrom("", "", "", " ", "\t"),
      parts: fc.nat(2),
      rest: fc.array(fc.constantFrom("k", "DEL", "set", "", "0"), { maxLength: 3 }),
      asText: fc.boolean(),
    })
    .map(({ command, upper, exotic, gap, lead, parts, rest, asText }): JsonObject => {
      const cased = Array.from(command, (character, index) =>
        upper[index % upper.length] ? character : character.toLowerCase(),
      ).join("");
      const words = (exotic ? cased.replace(/i/i, "\u0131").replace(/s/i, "\u017f") : cased).split(
        " ",
      );
      const all = [...words, ...rest];
      const first = lead + all.slice(0, parts + 1).join(gap);
      const args = all.slice(parts + 1);
      const place = split.joinedWith;
      if (place === null) return { [split.path]: first };
      return { [split.path]: first, [place]: asText ? JSON.stringify(args) : args };
    });

/** What the real server takes the call for (its `check_allowlist`, its `action.lower()`). */
function asServerReads(split: Split, call: JsonObject): string | null {
  const text = String(call[split.path]).toUpperCase();
  if (split.joinedWith === null) {
    return split.commands.find(({ command }) => command === text)?.command ?? null;
  }
  const given = call[split.joinedWith];
  // FastMCP reads a text as JSON where a list is expected.
  const args: string[] = typeof given === "string" ? JSON.parse(given) : given;
  const full = [text, ...args.map((each) => each.toUpperCase())].join(" ");
  return (
    split.commands.find(({ command }) => full === command || full.startsWith(`${command} `))
      ?.command ?? null
  );
}

const base = fc.option(choice, { nil: null });
const groupsOf = (split: Split) => {
  const names = fc.constantFrom(...split.commands.map((each) => each.command));
  return fc.array(fc.tuple(fc.uniqueArray(names, { minLength: 1, maxLength: 6 }), choice), {
    maxLength: 5,
  });
};

/** A policy made by setting rules of commands, and what was set last for each. */
function setAll(
  tool: string,
  whole: ToolChoice["choice"] | null,
  sets: readonly [string[], ToolChoice["choice"]][],
) {
  let document = whole === null ? bare : setToolChoice(bare, [tool], { choice: whole });
  const chosen = new Map<string, string>();
  for (const [commands, each] of sets) {
    document = setCommandRule(document, tool, splitFor(tool), commands, { choice: each });
    for (const command of commands) chosen.set(command, each);
  }
  return { document, ruleOf: (command: string) => chosen.get(command) ?? whole ?? "deny" };
}

describe.each(tools)("%s", (tool) => {
  const split = splitFor(tool);

  test("whatever the server takes for a command gets that command's rule", () => {
    const property = fc.property(
      base,
      groupsOf(split),
      spelledCalls(split),
      (whole, sets, call) => {
        const { document, ruleOf } = setAll(tool, whole, sets);
        const meant = asServerReads(split, call);
        if (meant === null) return true;
        const expected = ruleOf(meant);
        const actual = decide(document, tool, call);
        const isPlain = /^[ -~]*$/.test(JSON.stringify(call)) && typeof call.args !== "string";
        // An odd spelling may be held or refused instead, and never passes where it should not.
        const passes = (outcome: string) => outcome === "allow" || outcome === "limit";
        return isPlain ? actual === expected : !passes(actual) || passes(expected);
      },
    );
    fc.assert(property, { numRuns: 1_000 });
  }, 60_000);

  test("every row shows what was set for its command", () => {
    const property = fc.property(base, groupsOf(split), (whole, sets) => {
      const { document, ruleOf } = setAll(tool, whole, sets);
      const { commands, others } = commandRows(document, toolOf(tool), split);
      return (
        others.choice === (whole ?? "deny") &&
        commands.every(({ command, rule }) => {
          return rule.choice === ruleOf(command) && rule.conditionCount === 0;
        })
      );
    });
    fc.assert(property, { numRuns: 100 });
  }, 60_000);
});
