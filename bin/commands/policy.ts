import { AppError } from "#lib/errors.ts";
import { operatorContext } from "#lib/orgs/orgs.ts";
import type { CaseResult } from "#lib/policy/cases.ts";
import { formatPolicy } from "#lib/policy/format.ts";
import { importPolicy } from "#lib/policy/import.ts";
import { type PolicyProblem, parsePolicy } from "#lib/policy/parse.ts";
import { testPolicy } from "#lib/rules/cases.ts";
import { applyPolicy, diffPolicy, getPolicy, listPolicyVersions } from "#lib/rules/rules.ts";
import { diffPolicyVersions, restorePolicyVersion } from "#lib/rules/versions.ts";
import { defineCommand, type Outcome, UsageError } from "../command.ts";
import { prepareDatabase } from "../database.ts";
import { readText } from "../input.ts";
import { orgOption, serverOption } from "../options.ts";
import { printable, printableLines, say, table } from "../output.ts";
import { policyTestNotes, readPolicyFile, readTestFile, runPolicyTest } from "../policy-test.ts";

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
    cases: { value: "FILE", help: "Cases to keep with it from now on, as policy test reads them" },
    "dry-run": { help: "Change nothing: show the difference and decide the cases" },
  },
  notes: `A policy keeps the cases that are stored with it: what breaks one is refused, unless --cases
changes or removes it. With --dry-run the exit code is 1 when a case would break.`,
  json: "{version}, with --dry-run {changed, diff, passed, failed, cases}",
  async run({ org, server, file, note, cases: casesFile, "dry-run": dryRun }) {
    const text = await readText(file);
    const cases = casesFile === undefined ? undefined : (await readTestFile(casesFile)).cases;
    const context = await operatorContext(org);
    if (dryRun) {
      const difference = await diffPolicy(context, { server, text });
      const tested = await testPolicy(context, { server, text, cases });
      const shown = difference.changed ? printableLines(difference.diff) : "Nothing would change.";
      return {
        json: { ...difference, ...tested },
        text: tested.cases.length === 0 ? shown : `${shown}\n\n${resultsText(tested.cases)}`,
        failed: tested.failed > 0,
      };
    }
    const applied = await applyPolicy(context, { server, text, note, cases });
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
  summary: "Show what applying a file would change, or how two versions differ; changes nothing",
  options: {
    org: orgOption,
    server: serverOption,
    file: { value: "FILE", help: policyFile.help, short: "f" },
    from: { value: "VERSION", help: "Compare this version" },
    to: { value: "VERSION", help: "with this one" },
  },
  json: "{changed, diff}",
  async run({ org, server, file, from, to }) {
    if ((file === undefined) === (from === undefined || to === undefined)) {
      throw new UsageError("policy diff needs --file FILE, or --from VERSION and --to VERSION.");
    }
    const context = await operatorContext(org);
    const difference =
      file === undefined
        ? await diffPolicyVersions(context, { server, from: Number(from), to: Number(to) })
        : await diffPolicy(context, { server, text: await readText(file) });
    const same = file === undefined ? "They are the same." : "Nothing would change.";
    return {
      json: difference,
      text: difference.changed ? printableLines(difference.diff) : same,
    };
  },
});

const versions = defineCommand({
  name: "policy versions",
  summary: "List the versions of a server's policy, the latest first",
  options: { org: orgOption, server: serverOption },
  json: "[{version, at, author, note}]",
  async run({ org, server }) {
    const found = await listPolicyVersions(await operatorContext(org), { server });
    const rows = found.map(({ version, at, author, note }) => {
      return [String(version), at.toISOString(), author, note];
    });
    return {
      json: found.map(({ version, at, author, note }) => ({ version, at, author, note })),
      text: table(["VERSION", "AT", "AUTHOR", "NOTE"], rows),
    };
  },
});

const restore = defineCommand({
  name: "policy restore",
  summary: "Make an earlier version the policy again, as a new version; it holds at once",
  options: {
    org: orgOption,
    server: serverOption,
    version: { value: "VERSION", help: "The version to restore", required: true },
    "with-cases": { help: "Take its cases back too; else the cases of today have to hold" },
  },
  json: "{version}",
  async run({ org, server, version, "with-cases": withCases }) {
    const input = { server, version: Number(version), withCases };
    const restored = await restorePolicyVersion(await operatorContext(org), input);
    const text = `Version ${restored.version} of ${server}'s policy holds now, as version ${version} was.`;
    return { json: restored, text };
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
  summary: "Decide written calls and compare; exit code 1 if any ends otherwise",
  options: {
    policy: { value: "FILE", help: "The policy to test, instead of the one the file names" },
    org: { value: "ORG", help: "Slug of the org of --server" },
    server: {
      value: "SERVER",
      help: "Test with the tools, the policy and the cases of this server",
    },
  },
  operand: { name: "FILE", help: "The cases, YAML or JSON; - for standard input", optional: true },
  offline: true,
  notes: policyTestNotes,
  json: "{passed, failed, cases: [{name, tool, ok, expected, actual, rule, explanation}]}",
  async run({ policy, org, server }, file) {
    if ((org === undefined) !== (server === undefined)) {
      throw new UsageError("policy test needs --org and --server together.");
    }
    if (org === undefined || server === undefined) {
      if (file === "") throw new UsageError("policy test needs FILE, or --org and --server.");
      return testOutcome(await runPolicyTest(file, policy));
    }
    prepareDatabase();
    const written = file === "" ? null : await readTestFile(file);
    const document =
      policy === undefined ? (written?.policy ?? null) : await readPolicyFile(policy);
    const tested = await testPolicy(await operatorContext(org), {
      server,
      ...(document && { text: formatPolicy(document, "json") }),
      ...(written && { cases: written.cases }),
    });
    return testOutcome(tested.cases);
  },
});

export const commands = [apply, exportPolicy, diff, versions, restore, check, importFile, test];

function testOutcome(cases: readonly CaseResult[]): Outcome {
  const failed = cases.filter(({ ok }) => !ok).length;
  return {
    json: { passed: cases.length - failed, failed, cases },
    text: resultsText(cases),
    failed: failed > 0,
  };
}

function resultsText(cases: readonly CaseResult[]): string {
  const rows = cases.map(({ name, ok, expected, actual, explanation }) => {
    return [ok ? "ok" : "FAILED", name, expected, actual, explanation];
  });
  const failed = cases.filter(({ ok }) => !ok).length;
  const results = table(["", "CASE", "EXPECTED", "DECIDED", "WHY"], rows);
  return `${results}\n\n${cases.length - failed} passed, ${failed} failed`;
}

/** `3:5: tools.x.action: what to write`, after a file name and a colon. */
function describeProblem({ path, line, column, message }: PolicyProblem): string {
  const place = line === null ? "" : `${line}:${column ?? 1}:`;
  return printable([place, path === "" ? "" : `${path}:`, message].filter(Boolean).join(" "));
}
