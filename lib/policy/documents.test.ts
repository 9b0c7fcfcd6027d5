import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { PolicyCases } from "./cases.ts";
import { Condition } from "./condition-schema.ts";
import { parsePolicy } from "./parse.ts";

const text = readFileSync(new URL("../../docs/policy.md", import.meta.url), "utf8");
const examples = [...text.matchAll(/```yaml\n([^`]+)```/g)].map(([, example = ""]) => example);

test("every example of the policy language in docs/policy.md is accepted", () => {
  expect(examples).toHaveLength(3);
  for (const example of examples) {
    if (example.startsWith("cases:")) {
      expect(PolicyCases.safeParse(parse(example).cases).success).toBe(true);
      continue;
    }
    const whole = example.startsWith("version:")
      ? example
      : `version: 1\ndefault: deny\n${example}`;
    const parsed = parsePolicy(whole);
    expect(parsed.ok ? [] : parsed.errors).toEqual([]);
  }
});

test("every operator has a row there", () => {
  const operators = Condition.options.map((option) => option.shape.op.value);
  expect(operators.filter((op) => !text.includes(`\`${op}\``))).toEqual([]);
});
