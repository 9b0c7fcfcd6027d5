import { dirname, resolve } from "node:path";
import { parseDocument } from "yaml";
import { z } from "zod";
import { AppError } from "#lib/errors.ts";
import { parseInput } from "#lib/input.ts";
import {
  type PolicyCase as Case,
  type CaseResult,
  expectations,
  PolicyCase,
  runCases,
} from "#lib/policy/cases.ts";
import type { PolicyDocument } from "#lib/policy/document.ts";
import { type ParsedPolicy, parsePolicy, parsePolicyValue } from "#lib/policy/parse.ts";
import { categories, riskClasses } from "#lib/policy/types.ts";
import { guessFacts } from "#lib/rules/run-cases.ts";
import { readText } from "./input.ts";

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

“allow” holds with and without a limit, “limit” only with one. Each case is one call on its own: limits
are not used up. Without category and riskClass a tool is classified by its name alone; with --org and
--server it is the tool on record there. Then also:

  callgate policy test --org ORG --server SERVER            # the cases stored with its policy
  callgate policy test cases.yaml --org ORG --server SERVER # these, by its policy if they name none
  callgate policy test --policy FILE --org ORG --server SERVER  # the stored cases, by this policy`;

const TestFile = z.strictObject({
  policy: z.union([z.string(), z.record(z.string(), z.unknown())]).optional(),
  cases: z.array(PolicyCase).min(1, "Write at least one case"),
});

/** What a test file says: its cases, and the policy as text for whoever decides them. */
export interface TestFile {
  cases: Case[];
  /** Null: it names none. */
  policy: PolicyDocument | null;
}

/**
 * Reads a test file and the policy that it names.
 * @throws AppError `invalid_input` when file or policy cannot be read
 */
export async function readTestFile(file: string): Promise<TestFile> {
  const { policy, cases } = parseInput(TestFile, parseYaml(await readText(file), file));
  if (policy === undefined) return { cases, policy: null };
  if (typeof policy !== "string") {
    return { cases, policy: documentOf(parsePolicyValue(policy), `policy in ${file}`) };
  }
  const path = resolve(file === "-" ? "." : dirname(file), policy);
  return { cases, policy: documentOf(parsePolicy(await readText(path)), policy) };
}

/** A policy in a file of its own. @throws AppError `invalid_input`, each problem with its line */
export async function readPolicyFile(file: string): Promise<PolicyDocument> {
  return documentOf(parsePolicy(await readText(file)), file);
}

/**
 * Decides every case of a test file, without any server.
 * @param policyFile replaces the policy that the file names
 */
export async function runPolicyTest(
  file: string,
  policyFile: string | undefined,
): Promise<CaseResult[]> {
  const read = await readTestFile(file);
  const policy = policyFile === undefined ? read.policy : await readPolicyFile(policyFile);
  if (policy === null) {
    throw new AppError(
      "invalid_input",
      `${file} names no policy. Write policy: in it, or use --policy FILE, or --org and --server.`,
    );
  }
  return runCases(policy, read.cases, guessFacts);
}

function documentOf(parsed: ParsedPolicy, name: string): PolicyDocument {
  if (parsed.ok) return parsed.document;
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
