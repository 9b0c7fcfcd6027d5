import { expect, test } from "vitest";
import type { LimitUsageRow } from "#lib/limits/limits.ts";
import { limitsOfTool } from "./limits-of-tool.ts";

function usageOf(target: string): LimitUsageRow {
  return {
    key: target,
    target,
    rule: target,
    per: "agent",
    owner: { kind: "agent", id: "1", name: "ci", server: "s", agent: "ci" },
    used: 1,
    max: 2,
    windowSeconds: 60,
    nextFreeAt: null,
  };
}

test("a tool shows the limits of its name, of patterns, of its classes, and of all tools last", () => {
  const targets = [
    "all_tools",
    "tools.pay",
    "tools.p*",
    "classes.write",
    "classes.read",
    "tools.x",
  ];
  const found = limitsOfTool(targets.map(usageOf), {
    name: "pay",
    category: "write",
    riskClass: "high",
  });
  expect(found.map(({ target }) => target)).toEqual([
    "tools.pay",
    "tools.p*",
    "classes.write",
    "all_tools",
  ]);
});
