import { expect, test, vi } from "vitest";
import { groups } from "./groups.ts";
import { commandHelp } from "./help.ts";
import { callgate } from "./testing/run-callgate.ts";

// Every command is a process of its own, which costs a second on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const loaded = await Promise.all([...groups.values()].map((load) => load()));
const commands = loaded.flat();

test("--help lists every command", async () => {
  const { code, stdout } = await callgate(["--help"]);
  expect(code).toBe(0);
  for (const { name, summary } of commands)
    expect(stdout).toContain(`${name.padEnd(17)}  ${summary}`);
});

test.each(commands.map((command) => [command.name, command] as const))(
  "%s --help explains every option and the JSON",
  (_name, command) => {
    const help = commandHelp(command);
    for (const [name, spec] of Object.entries(command.options)) {
      expect(help).toContain(`--${name}${spec.value === undefined ? "" : ` ${spec.value}`}`);
      expect(help).toContain(spec.help);
    }
    expect(help).toContain(`JSON: ${command.json}`);
  },
);

test.each([
  [["--help", "server"], 0, "server discover"],
  [["server", "--help"], 0, "server discover"],
  [["help", "server", "add"], 0, "--connector"],
  [["server", "add", "-h"], 0, "--connector"],
])("%j prints help", async (words, code, expected) => {
  const run = await callgate(words);
  expect(run.code).toBe(code);
  expect(run.stdout).toContain(expected);
});

test.each([
  [["sever", "list"], "There is no command “sever”. Did you mean server?"],
  [["server", "lst"], "There is no command “server lst”. Did you mean list?"],
  [["server"], "callgate server needs one of: add, discover, list."],
  [["server", "list", "--rog", "x"], "has no option --rog. Did you mean --org?"],
  [["server", "list"], "server list needs --org ORG."],
  [["approvals", "show", "--org", "x"], "approvals show needs ID."],
  [["server", "list", "--org"], "--org needs a value: ORG."],
  [["server", "list", "--org", "-h"], "--org needs a value: ORG."],
  [["server", "list", "--org", "x", "--org", "y"], "--org is given twice."],
  [["server", "list", "--org", "x", "y"], "does not know what to do with “y”."],
  [["calls", "list", "--org", "x", "--json=1"], "--json takes no value."],
  [["calls", "list", "--org", "x", "--limit", "many"], "--limit takes a whole number"],
  [["calls", "list", "--org", "x", "--decision", "no"], "--decision is one of allowed, limited"],
  [
    ["agent", "create", "--org", "x", "--name", "a", "--server", "s", "--expires", "2w"],
    "--expires",
  ],
  [["server", "add", "--org", "x", "--slug", "s"], "Give either --url or --connector."],
  [
    ["server", "add", "--org", "x", "--slug", "s", "--url", "u", "--header", "Secret"],
    "--header is",
  ],
  [["--verbose"], "callgate has no option --verbose."],
])("%j is wrong usage, and the answer says what to write", async (words, expected) => {
  const run = await callgate(words);
  expect(run.stderr).toContain(expected);
  expect(run.stderr).toContain("--help explains the usage.");
  expect(run.code).toBe(2);
  expect(run.stdout).toBe("");
});

test("scripts get the error as JSON too", async () => {
  const run = await callgate(["server", "list", "--org", "nobody", "--json"]);
  expect(run.code).toBe(1);
  expect(run.json()).toEqual({
    error: { code: "not_found", message: "There is no org “nobody”.", fields: {} },
  });
  expect(run.stderr).toBe("There is no org “nobody”.\n");
});
