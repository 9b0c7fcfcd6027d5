import { parseArgs } from "node:util";
import { type Command, type OptionSpec, type OptionValue, UsageError } from "./command.ts";
import { suggestion } from "./nearest.ts";

/** What every command understands. */
export const globalOptions = {
  json: { help: "Print JSON for scripts" },
  help: { short: "h", help: "Explain this command" },
} as const satisfies Record<string, OptionSpec>;

export interface ParsedArguments {
  options: Record<string, OptionValue>;
  operand: string;
  json: boolean;
  help: boolean;
}

/** Reads what follows a command's name. @throws UsageError that names the word and the nearest one */
export function readArguments(command: Command, words: readonly string[]): ParsedArguments {
  const specs: Record<string, OptionSpec> = { ...command.options, ...globalOptions };
  const names = namesOf(specs);
  const { tokens } = parseArgs({
    args: [...words],
    options: Object.fromEntries(
      [...names].map(([name, key]) => [name, typesOf(specs[key], name === key)]),
    ),
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const given = new Map<string, (string | true)[]>();
  const operands: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") operands.push(token.value);
    if (token.kind !== "option") continue;
    const key = names.get(token.name);
    const spec = key === undefined ? undefined : specs[key];
    if (key === undefined || spec === undefined) throw unknownOption(command, token.rawName, names);
    const value = readValue(command, spec, token);
    const before = given.get(key) ?? [];
    if (before.length > 0 && !spec.repeat) {
      throw new UsageError(`${token.rawName} is given twice.`, command.name);
    }
    given.set(key, [...before, value]);
  }
  const help = given.has("help");
  if (!help) requireAll(command, given, operands);
  const options = Object.entries(command.options).map(([key, spec]): [string, OptionValue] => {
    const values = given.get(key) ?? [];
    if (spec.repeat) return [key, values.map(String)];
    return [key, spec.value === undefined ? values.length > 0 : values[0]];
  });
  return {
    options: Object.fromEntries(options),
    operand: operands[0] ?? "",
    json: given.has("json"),
    help,
  };
}

/** Every name an option answers to, with its key in the table. */
function namesOf(specs: Readonly<Record<string, OptionSpec>>): Map<string, string> {
  return new Map(
    Object.entries(specs).flatMap(([key, { alias }]) =>
      alias === undefined
        ? [[key, key]]
        : ([
            [key, key],
            [alias, key],
          ] as const),
    ) as [string, string][], // a pair each
  );
}

function typesOf(spec: OptionSpec | undefined, isOwnName: boolean) {
  const type = spec?.value === undefined ? ("boolean" as const) : ("string" as const);
  return spec?.short !== undefined && isOwnName ? { type, short: spec.short } : { type };
}

function readValue(
  command: Command,
  spec: OptionSpec,
  token: { rawName: string; value?: string | undefined; inlineValue?: boolean | undefined },
): string | true {
  if (spec.value === undefined) {
    if (token.value === undefined) return true;
    throw new UsageError(`${token.rawName} takes no value.`, command.name);
  }
  const isNextOption = token.inlineValue !== true && /^-./.test(token.value ?? "");
  if (token.value !== undefined && !isNextOption) return token.value;
  throw new UsageError(`${token.rawName} needs a value: ${spec.value}.`, command.name);
}

function unknownOption(
  command: Command,
  rawName: string,
  names: ReadonlyMap<string, string>,
): UsageError {
  const near = suggestion(
    rawName,
    [...names.keys()].map((name) => `--${name}`),
  );
  return new UsageError(`${command.name} has no option ${rawName}.${near}`, command.name);
}

function requireAll(
  command: Command,
  given: ReadonlyMap<string, unknown>,
  operands: readonly string[],
): void {
  const missing = Object.entries(command.options)
    .filter(([key, spec]) => spec.required && !given.has(key))
    .map(([key, spec]) => `--${key} ${spec.value ?? ""}`);
  const wanted = command.operand;
  if (wanted && !wanted.optional && operands.length === 0) missing.push(wanted.name);
  if (missing.length > 0) {
    throw new UsageError(`${command.name} needs ${missing.join(" and ")}.`, command.name);
  }
  const extra = operands[wanted ? 1 : 0];
  if (extra === undefined) return;
  throw new UsageError(`${command.name} does not know what to do with “${extra}”.`, command.name);
}
