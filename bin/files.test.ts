import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { callgate } from "./testing/run-callgate.ts";

// Every command is a process of its own, which costs a second on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const folder = await mkdtemp("/tmp/callgate-files-");
afterAll(() => rm(folder, { recursive: true }));

/** These commands must work where no Callgate runs. */
const nowhere = { environment: { DATABASE_URL: undefined, DATA_DIR: folder } };

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

test("policy check lists everything wrong with its place, and fails", async () => {
  const good = await file("good.yaml", "version: 1\ndefault: deny\n");
  const fine = await callgate(["policy", "check", good, "--json"], nowhere);
  expect([fine.code, fine.json()]).toEqual([0, { errors: [] }]);
  const bad = await file(
    "bad.yaml",
    "version: 1\ndefault: perhaps\ntools: { a: { action: alow } }\n",
  );
  const run = await callgate(["policy", "check", bad, "--json"], nowhere);
  expect(run.code).toBe(1);
  expect(run.json()).toEqual({
    errors: [
      expect.objectContaining({ path: "default", line: 2, message: expect.any(String) }),
      expect.objectContaining({ path: "tools.a.action", line: 3 }),
    ],
  });
  const people = await callgate(["policy", "check", bad], nowhere);
  expect(people.stdout).toContain(`${bad}:2:1: default:`);
});

test("a file that cannot be read is named", async () => {
  const run = await callgate(["policy", "check", join(folder, "none.yaml")], nowhere);
  expect([run.code, run.stderr]).toEqual([
    1,
    expect.stringContaining("none.yaml cannot be read (ENOENT)"),
  ]);
});

test("policy import prints a policy that policy check accepts, and says what was not carried", async () => {
  const text = JSON.stringify({
    version: "1",
    default: "deny",
    description: "Old",
    tools: { a: { limits: [{ counter: "a", window: "minute", max: 30, scope: "grant" }] } },
  });
  const imported = await callgate(["policy", "import", "-", "--json"], { ...nowhere, input: text });
  expect(imported.json()).toEqual({
    policy: {
      version: 1,
      default: "deny",
      tools: { a: { action: "allow", rate_limit: { max: 30, window: 60, per: "agent" } } },
    },
    notCarried: [{ path: "description", message: expect.any(String) }],
  });
  const yaml = await callgate(["policy", "import", "-"], { ...nowhere, input: text });
  expect(yaml.stderr).toContain("Not carried: description");
  const checked = await callgate(["policy", "check", "-"], { ...nowhere, input: yaml.stdout });
  expect(checked.code).toBe(0);
  const unknown = await callgate(["policy", "import", "-"], { ...nowhere, input: "rules: []" });
  expect([unknown.code, unknown.stderr]).toEqual([
    1,
    expect.stringContaining("“rules” is not known"),
  ]);
});

test("policy test decides each case, counts, and fails when one differs", async () => {
  await file(
    "policy.yaml",
    "version: 1\ndefault: deny\nclasses: { read: { action: allow } }\ntools: { pay: { when: [{ path: amount, op: gt, value: 5 }], action: require_approval } }\n",
  );
  const cases = (expect: string) => `
policy: policy.yaml
cases:
  - { tool: pay, arguments: { amount: 6 }, expect: require_approval }
  - { tool: pay, arguments: { amount: 5 }, category: write, expect: deny }
  - { tool: get_balance, agent: ci-runner, expect: ${expect} }
`;
  const good = await callgate(
    ["policy", "test", await file("good-cases.yaml", cases("allow")), "--json"],
    nowhere,
  );
  expect(good.stderr).toBe("");
  expect([good.code, good.json()]).toEqual([0, expect.objectContaining({ passed: 3, failed: 0 })]);
  const bad = await callgate(
    ["policy", "test", await file("bad-cases.yaml", cases("hide"))],
    nowhere,
  );
  expect(bad.code).toBe(1);
  expect(bad.stdout).toContain("2 passed, 1 failed");
  const wrong = await file("wrong.yaml", "cases: [{ tool: a, expects: allow }]");
  const run = await callgate(["policy", "test", wrong], nowhere);
  expect([run.code, run.stderr]).toEqual([1, expect.stringContaining("expects")]);
});

test("classify reads a tools/list answer and reports a tool it cannot", async () => {
  const tools = [{ name: "delete_user", description: "Deletes a user." }];
  const run = await callgate(["classify", "-", "--json"], {
    ...nowhere,
    input: JSON.stringify({ tools }),
  });
  expect(run.json()).toEqual([
    {
      name: "delete_user",
      category: "destructive",
      riskClass: expect.any(String),
      confidence: expect.any(Number),
      signals: expect.any(Array),
      rationale: expect.any(String),
      evidence: expect.any(Array),
    },
  ]);
  const message = { jsonrpc: "2.0", id: 1, result: { tools: [...tools, { name: 7 }] } };
  const partly = await callgate(["classify", "-", "--json"], {
    ...nowhere,
    input: JSON.stringify(message),
  });
  expect([partly.code, partly.stderr]).toEqual([1, expect.stringContaining("Tool 2 is left out")]);
  expect(partly.json()).toHaveLength(1);
  const no = await callgate(["classify", "-"], { ...nowhere, input: "{" });
  expect([no.code, no.stderr]).toEqual([
    1,
    expect.stringContaining("This is no tools/list answer"),
  ]);
});
