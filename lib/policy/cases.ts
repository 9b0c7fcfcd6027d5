import { z } from "zod";
import { compilePolicy } from "./compile.ts";
import type { PolicyDocument } from "./document.ts";
import { evaluate } from "./evaluate.ts";
import {
  categories,
  type Decision,
  type JsonObject,
  type JsonValue,
  riskClasses,
  type ToolFacts,
} from "./types.ts";

/** What a call ends in, in the document's words; `limit` is `allow` with a rate limit. */
export const expectations = ["allow", "limit", "require_approval", "deny", "hide"] as const;
export type Expectation = (typeof expectations)[number];

const maxCases = 500;
/** Characters of one case's arguments as JSON. */
const argumentsMaxLength = 16_384;

const JsonArguments = (z.record(z.string(), z.json()) as unknown as z.ZodType<JsonObject>) // parsed JSON is JSON
  .refine((value) => JSON.stringify(value).length <= argumentsMaxLength, {
    error: `Use at most ${argumentsMaxLength} characters of arguments.`,
  });

/** One test of a policy: a call, and the decision it has to end in. */
export const PolicyCase = z.strictObject({
  tool: z.string().min(1, "Name a tool.").max(256),
  arguments: JsonArguments.default({}),
  category: z.enum(categories).optional(),
  riskClass: z.enum(riskClasses).optional(),
  /** For the reader: a policy treats all agents alike. */
  agent: z.string().max(200).optional(),
  name: z.string().max(200).optional(),
  expect: z.enum(expectations),
});
export type PolicyCase = z.infer<typeof PolicyCase>;

export const PolicyCases = z.array(PolicyCase).max(maxCases, `Use at most ${maxCases} cases.`);

export interface CaseResult {
  name: string;
  tool: string;
  ok: boolean;
  expected: Expectation;
  actual: Expectation;
  rule: string;
  explanation: string;
}

/**
 * Decides every case. `factsOf` says what is known of a tool; what a case says of its class goes
 * first. Each case is one call on its own: limits are not used up.
 */
export function runCases(
  document: PolicyDocument,
  cases: readonly PolicyCase[],
  factsOf: (toolName: string) => ToolFacts,
): CaseResult[] {
  const policy = compilePolicy(document);
  return cases.map((test, index) => {
    const known = factsOf(test.tool);
    const tool = {
      name: test.tool,
      category: test.category ?? known.category,
      riskClass: test.riskClass ?? known.riskClass,
    };
    const decision = evaluate(policy, { tool, arguments: test.arguments });
    const actual = expectationOf(decision);
    return {
      name: test.name ?? `${index + 1} ${test.tool}`,
      tool: test.tool,
      ok: actual === test.expect || (actual === "limit" && test.expect === "allow"),
      expected: test.expect,
      actual,
      rule: decision.rule,
      explanation: decision.explanation,
    };
  });
}

/** A decision in one word. */
export function expectationOf({ effect, obligations }: Decision): Expectation {
  if (effect !== "allow") return effect;
  if (obligations.some(({ kind }) => kind === "approval")) return "require_approval";
  return obligations.length > 0 ? "limit" : "allow";
}

/** The cases of a stored version; one that a later version wrote otherwise is left out. */
export function storedCases(value: unknown): PolicyCase[] {
  const list: readonly JsonValue[] = Array.isArray(value) ? value : [];
  return list.flatMap((each) => {
    const read = PolicyCase.safeParse(each);
    return read.success ? [read.data] : [];
  });
}
