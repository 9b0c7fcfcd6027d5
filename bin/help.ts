import { globalOptions } from "./arguments.ts";
import type { Command, OptionSpec } from "./command.ts";

/** Every command with one line, for `callgate --help` and `callgate GROUP --help`. */
export function overviewHelp(commands: readonly Command[], group: string): string {
  const rows = commands.map(({ name, summary }) => [name, summary] as const);
  const lines = [
    `Usage: callgate ${group === "" ? "COMMAND" : `${group} …`} [options]`,
    "",
    ...columns(rows),
    "",
    `callgate COMMAND --help explains a command; --json prints JSON for scripts.`,
    "The database is DATABASE_URL or, without it, the one that npm start runs (DATA_DIR or ./data).",
    "Exit codes: 0 done, 1 refused or failed, 2 wrong usage.",
  ];
  return lines.join("\n");
}

/** Everything about one command. */
export function commandHelp(command: Command): string {
  const { name, summary, operand, options, notes, json } = command;
  const words = Object.entries(options).map(([key, spec]) => usageWord(key, spec));
  const place = operand?.optional ? `[${operand.name}]` : (operand?.name ?? "");
  const usage = ["callgate", name, place, ...words, "[--json]"].filter((word) => word !== "");
  const rows = Object.entries({ ...options, ...globalOptions }).map(
    ([key, spec]: [string, OptionSpec]) => [optionWord(key, spec), spec.help] as const,
  );
  return [
    `${summary}.`,
    "",
    `Usage: ${usage.join(" ")}`,
    "",
    ...columns([...(operand ? [[operand.name, operand.help] as const] : []), ...rows]),
    ...(notes === undefined ? [] : ["", notes.trim()]),
    "",
    `JSON: ${json}`,
  ].join("\n");
}

function usageWord(key: string, spec: OptionSpec): string {
  const word = spec.value === undefined ? `--${key}` : `--${key} ${spec.value}`;
  const shown = spec.required ? word : `[${word}]`;
  return spec.repeat ? `${shown}…` : shown;
}

function optionWord(key: string, { short, value }: OptionSpec): string {
  const names = short === undefined ? `--${key}` : `-${short}, --${key}`;
  return value === undefined ? names : `${names} ${value}`;
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
