import { dirname, resolve } from "node:path";
import { parseDocument } from "yaml";
import { z } from "zod";
import { classifyTool } from "#lib/catalog/classify.ts";
import { AppError } from "#lib/errors.ts";
import { parseInput } from "#lib/input.ts";
import { type CompiledPolicy, compilePolicy } from "#lib/policy/compile.ts";
import { evaluate } from "#lib/policy/evaluate.ts";
import { type ParsedPolicy, parsePolicy, parsePolicyValue } from "#lib/policy/parse.ts";
import { categories, type Decision, type JsonObject, riskClasses } from "#lib/policy/types.ts";
import { readText } from "./input.ts";

const expectations = ["allow", "limit", "require_approval", "deny", "hide"] as const;
type Expectation = (typeof expectations)[number];

export const policyTestNotes = `The file is YAML or JSON:

  policy: policy.yaml            # a file beside this one, or the document itself
  cases:
    - tool: valkey_write         # required
      arguments: { command: DEL }
      category: write            # optional: ${categories.join(", ")}
      riskClass: medium          # optional: ${riskClasses.join(", ")}
      agent: ci-runner           # optional, for the reader: a policy treats all agents alike
      name: deletes wait         # optional
      expect: require_approval   # ${expectations.join(", ")}

“allow” holds with and without a limit, “limit” only with one. Without category and riskClass the tool
is classified by its name alone, which may differ from what its real definition says. Each case is
one call on its own: limits are not used up.`;

const JsonArguments = z.record(z.string(), z.json()) as z.ZodType<JsonObject>; // parsed JSON is JSON

const Case = z.strictObject({
  tool: z.string().min(1),
  arguments: JsonArguments.default({}),
  category: z.enum(categories).optional(),
  riskClass: z.enum(riskClasses).optional(),
  agent: z.string().optional(),
  name: z.string().optional(),
  expect: z.enum(expectations),
});

const TestFile = z.strictObject({
  policy: z.union([z.string(), z.record(z.string(), z.unknown())]).optional(),
  cases: z.array(Case).min(1, "Write at least one case"),
});

export interface CaseResult {
  name: string;
  ok: boolean;
  expected: Expectation;
  actual: Expectation;
  rule: string;
  explanation: string;
}

/**
 * Decides every case of a test file.
 * @param policyFile replaces the policy that the file names
 * @throws AppError `invalid_input` when file or policy cannot be read
 */
export async function runPolicyTest(
  file: string,
  policyFile: string | undefined,
): Promise<CaseResult[]> {
  const { policy: named, cases } = parseInput(TestFile, parseYaml(await readText(file), file));
  const policy = await loadPolicy(file, policyFile, named);
  return cases.map((test, index) => {
    const guess = classifyTool({ name: test.tool }, { trustedAnnotations: false });
    const category = test.category ?? guess.category;
    const riskClass = test.riskClass ?? guess.riskClass;
    const tool = { name: test.tool, category, riskClass };
    const decision = evaluate(policy, { tool, arguments: test.arguments });
    const actual = outcomeOf(decision);
    return {
      name: test.name ?? `${index + 1} ${test.tool}`,
      ok: actual === test.expect || (actual === "limit" && test.expect === "allow"),
      expected: test.expect,
      actual,
      rule: decision.rule,
      explanation: decision.explanation,
    };
  });
}

function outcomeOf({ effect, obligations }: Decision): Expectation {
  if (effect !== "allow") return effect;
  if (obligations.some(({ kind }) => kind === "approval")) return "require_approval";
  return obligations.length > 0 ? "limit" : "allow";
}

async function loadPolicy(
  file: string,
  given: string | undefined,
  named: string | Record<string, unknown> | undefined,
): Promise<CompiledPolicy> {
  if (given !== undefined) return compile(parsePolicy(await readText(given)), given);
  if (typeof named === "string") {
    const path = resolve(file === "-" ? "." : dirname(file), named);
    return compile(parsePolicy(await readText(path)), named);
  }
  if (named !== undefined) return compile(parsePolicyValue(named), `policy in ${file}`);
  throw new AppError(
    "invalid_input",
    `${file} names no policy. Write policy: in it, or use --policy FILE.`,
  );
}

function compile(parsed: ParsedPolicy, name: string): CompiledPolicy {
  if (parsed.ok) return compilePolicy(parsed.document);
  const problems = parsed.errors.map(({ path, line, message }) => {
    const place = line === null ? "" : ` line ${line}:`;
    return `${name}:${place}${path === "" ? "" : ` ${path}:`} ${message}`;
  });
  throw new AppError("invalid_input", `The policy cannot be used.\n${problems.join("\n")}`);
}

function parseYaml(text: string, file: string): unknown {
  const source = parseDocument(text, { prettyErrors: true });
  const [problem] = source.errors;
  if (problem) {
    throw new AppError("invalid_input", `${file} is neither YAML nor JSON: ${problem.message}`);
  }
  return source.toJS();
}
