import { checkDatabase } from "../checks/database.ts";
import { checkMachine } from "../checks/machine.ts";
import { defineCommand } from "../command.ts";
import { findDatabaseUrl } from "../database.ts";
import { printable } from "../output.ts";

export const commands = [
  defineCommand({
    name: "doctor",
    summary: "Check this installation and say what to do about each problem",
    options: {},
    offline: true,
    notes:
      "Checks what this shell sees: give it the environment that Callgate runs with. Exit code 1 if any\n" +
      "check fails.",
    json: "[{check, ok, detail, fix}]; fix is null where nothing is to be done",
    async run() {
      const database = await checkDatabase(findDatabaseUrl());
      const machine = await checkMachine(database.connectors);
      const json = [...machine, ...database.checks];
      const width = Math.max(...json.map(({ check }) => check.length));
      const lines = json.flatMap(({ check, ok, detail, fix }) => [
        `${ok ? "✓" : "✗"} ${check.padEnd(width)}  ${printable(detail)}`,
        ...(fix === null ? [] : [`  ${" ".repeat(width)}  → ${fix}`]),
      ]);
      return { json, text: lines.join("\n"), failed: json.some(({ ok }) => !ok) };
    },
  }),
];
