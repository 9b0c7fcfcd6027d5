import { AppError } from "#lib/errors.ts";
import { operatorContext } from "#lib/orgs/orgs.ts";
import { formatPolicy } from "#lib/policy/format.ts";
import { importPolicy } from "#lib/policy/import.ts";
import { type PolicyProblem, parsePolicy } from "#lib/policy/parse.ts";
import { applyPolicy, diffPolicy, getPolicy } from "#lib/rules/rules.ts";
import { defineCommand } from "../command.ts";
import { readText } from "../input.ts";
import { orgOption, serverOption } from "../options.ts";
import { printable, printableLines, say, table } from "../output.ts";
import { policyTestNotes, runPolicyTest } from "../policy-test.ts";

const policyFile = { name: "FILE", help: "A policy in YAML or JSON; - for standard input" };
const fileOption = {
  value: "FILE",
  help: policyFile.help,
  required: true,
  short: "f",
} as const;

const apply = defineCommand({
  name: "policy apply",
  summary: "Make a file the policy of a server, as a new version; it holds at once",
  options: {
    org: orgOption,
    server: serverOption,
    file: fileOption,
    note: { value: "TEXT", help: "Why; kept with the version" },
  },
  json: "{version}",
  async run({ org, server, file, note }) {
    const text = await readText(file);
    const applied = await applyPolicy(await operatorContext(org), { server, text, note });
    return { json: applied, text: `Version ${applied.version} of ${server}'s policy holds now.` };
  },
});

const exportPolicy = defineCommand({
  name: "policy export",
  summary: "Print the policy of a server: YAML, or the same document as JSON",
  options: { org: orgOption, server: serverOption },
  json: "the document",
  async run({ org, server }) {
    const { document, text } = await getPolicy(await operatorContext(org), { server });
    return { json: JSON.parse(formatPolicy(document, "json")), text: printableLines(text) };
  },
});

const diff = defineCommand({
  name: "policy diff",
  summary: "Show what applying a file would change; changes nothing",
  options: { org: orgOption, server: serverOption, file: fileOption },
  json: "{changed, diff}",
  async run({ org, server, file }) {
    const text = await readText(file);
    const difference = await diffPolicy(await operatorContext(org), { server, text });
    return {
      json: difference,
      text: difference.changed ? printableLines(difference.diff) : "Nothing would change.",
    };
  },
});

const check = defineCommand({
  name: "policy check",
  summary: "Read a policy and list everything wrong with it; exit code 1 if anything is",
  options: {},
  operand: policyFile,
  offline: true,
  json: "{errors: [{path, line, column, message}]}",
  async run(_options, file) {
    const parsed = parsePolicy(await readText(file));
    const errors = parsed.ok ? [] : parsed.errors;
    const lines = errors.map((problem) => `${file}:${describeProblem(problem)}`);
    return {
      json: { errors },
      text: errors.length === 0 ? `${file} is a good policy.` : lines.join("\n"),
      failed: errors.length > 0,
    };
  },
});

const importFile = defineCommand({
  name: "policy import",
  summary: "Translate a policy of another product into ours; prints it, applies nothing",
  options: {},
  operand: { name: "FILE", help: "The policy to translate, YAML or JSON; - for standard input" },
  offline: true,
  notes: `Reads our own document, PolicyLayer's JSON (require, deny_if, limits, hide, all_tools), Intercept's
YAML (rules) and the short form {tools: {NAME: {action, reason, rate_limit: {max, window}}}}.

The result never allows a call that the original refuses. A rule that cannot be said in our language
denies its tool, and notCarried says where and why. Two things get stricter: windows roll instead of
starting anew at the full minute, hour or day, and a missing argument makes a restriction apply.

  callgate policy import old.json > policy.yaml`,
  json: "{policy, notCarried: [{path, message}]}",
  async run(_options, file) {
    const imported = importPolicy(await readText(file));
    if (!imported.ok) {
      const lines = imported.errors.map((problem) => `${file}:${describeProblem(problem)}`);
      throw new AppError("invalid_input", `This cannot be imported.\n${lines.join("\n")}`);
    }
    const { policy, notCarried } = imported;
    for (const { path, message } of notCarried)
      say(`Not carried: ${printable(path)}: ${printable(message)}`);
    return {
      json: { policy: JSON.parse(formatPolicy(policy, "json")), notCarried },
      text: formatPolicy(policy, "yaml"),
    };
  },
});

const test = defineCommand({
  name: "policy test",
  summary: "Decide the calls written in a file and compare; exit code 1 if any differs",
  options: {
    policy: { value: "FILE", help: "The policy to test, instead of the one the file names" },
  },
  operand: { name: "FILE", help: "The cases, YAML or JSON; - for standard input" },
  offline: true,
  notes: policyTestNotes,
  json: "{passed, failed, cases: [{name, ok, expected, actual, rule, explanation}]}",
  async run({ policy }, file) {
    const cases = await runPolicyTest(file, policy);
    const failed = cases.filter(({ ok }) => !ok).length;
    const passed = cases.length - failed;
    const rows = cases.map(({ name, ok, expected, actual, explanation }) => {
      return [ok ? "ok" : "FAILED", name, expected, actual, explanation];
    });
    const results = table(["", "CASE", "EXPECTED", "DECIDED", "WHY"], rows);
    return {
      json: { passed, failed, cases },
      text: `${results}\n\n${passed} passed, ${failed} failed`,
      failed: failed > 0,
    };
  },
});

export const commands = [apply, exportPolicy, diff, check, importFile, test];

/** `3:5: tools.x.action: what to write`, after a file name and a colon. */
function describeProblem({ path, line, column, message }: PolicyProblem): string {
  const place = line === null ? "" : `${line}:${column ?? 1}:`;
  return printable([place, path === "" ? "" : `${path}:`, message].filter(Boolean).join(" "));
}
