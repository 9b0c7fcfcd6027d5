import { expect, test } from "vitest";
import { z } from "zod";
import { AppError } from "#lib/errors.ts";
import { parseInput } from "./input.ts";

const Sample = z.strictObject({
  name: z.string().min(2, "Use two characters"),
  limits: z.array(z.strictObject({ max: z.number() })).default([]),
});

function problemsOf(input: unknown) {
  try {
    parseInput(Sample, input);
  } catch (error) {
    if (error instanceof AppError) return { code: error.code, fields: error.fields };
  }
  return null;
}

test("a good input comes back with its defaults", () => {
  expect(parseInput(Sample, { name: "ab" })).toEqual({ name: "ab", limits: [] });
});

test("each wrong field is named with its path, so that a form can show it there", () => {
  const problems = problemsOf({ name: "a", limits: [{ max: "many" }] });
  expect(problems?.code).toBe("invalid_input");
  expect(problems?.fields.name).toEqual(["Use two characters"]);
  expect(Object.keys(problems?.fields ?? {})).toContain("limits.0.max");
});

test("a field nobody knows is refused by name instead of being dropped", () => {
  expect(problemsOf({ name: "ab", role: "owner" })?.fields).toEqual({
    role: ["This field is not known"],
  });
});

test("something that is no object at all is refused", () => {
  expect(problemsOf(null)?.code).toBe("invalid_input");
});

test("a NUL character, which the database cannot hold, is refused wherever it hides", () => {
  const nul = String.fromCharCode(0);
  expect(problemsOf({ name: `ab${nul}` })?.code).toBe("invalid_input");
  expect(problemsOf({ name: "ab", limits: [{ [`max${nul}`]: 1 }] })?.code).toBe("invalid_input");
});
