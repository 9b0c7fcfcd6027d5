import { closeDatabase } from "#lib/db.ts";
import { readArguments } from "./arguments.ts";
import { type Command, UsageError } from "./command.ts";
import { prepareDatabase } from "./database.ts";
import { toFailure } from "./failure.ts";
import { groups } from "./groups.ts";
import { commandHelp, overviewHelp } from "./help.ts";
import { suggestion } from "./nearest.ts";
import { say } from "./output.ts";

/**
 * Runs one command line. The answer goes to standard output, everything else to standard error.
 * @returns the exit code: 0 done, 1 refused or failed, 2 wrong usage
 */
export async function main(words: readonly string[]): Promise<number> {
  // A reader that has seen enough, such as `head`, is no failure.
  process.stdout.on("error", () => process.exit(0));
  try {
    return await dispatch(words[0] === "help" ? [...words.slice(1), "--help"] : [...words]);
  } catch (error) {
    return report(error, words.includes("--json"));
  } finally {
    await closeDatabase();
  }
}

async function dispatch(words: string[]): Promise<number> {
  const start = words.findIndex((word) => !word.startsWith("-"));
  if (start === -1) return dispatchGlobal(words);
  const [group = "", verb = ""] = words.slice(start);
  const commands = await loadGroup(group);
  const options = words.toSpliced(start, 1);
  const single = commands.find(({ name }) => name === group);
  if (single) return execute(single, options);
  const command = commands.find(({ name }) => name === `${group} ${verb}`);
  if (command) return execute(command, options.toSpliced(options.indexOf(verb), 1));
  if (options.includes("--help") || options.includes("-h"))
    return print(overviewHelp(commands, group));
  const verbs = commands.map(({ name }) => name.slice(group.length + 1));
  const problem =
    verb === "" || verb.startsWith("-")
      ? `callgate ${group} needs one of: ${verbs.join(", ")}.`
      : `There is no command “${group} ${verb}”.${suggestion(verb, verbs)}`;
  throw new UsageError(problem, group);
}

async function dispatchGlobal(words: readonly string[]): Promise<number> {
  const [first, ...rest] = words.filter((word) => word !== "--json");
  if (first === undefined) {
    say(await wholeHelp());
    return 2;
  }
  if ((first === "--help" || first === "-h") && rest.length === 0) return print(await wholeHelp());
  throw new UsageError(`callgate has no option ${first}. Name a command first.`);
}

async function execute(command: Command, words: readonly string[]): Promise<number> {
  const { options, operand, json, help } = readArguments(command, words);
  if (help) return print(commandHelp(command));
  if (!command.offline) prepareDatabase();
  const outcome = await command.run(options, operand).catch((error: unknown) => {
    // Values are read by the command itself, which does not know its name.
    throw error instanceof UsageError ? new UsageError(error.message, command.name) : error;
  });
  print(json ? JSON.stringify(outcome.json, null, 2) : outcome.text);
  return outcome.failed ? 1 : 0;
}

function report(error: unknown, json: boolean): number {
  if (error instanceof UsageError) {
    const help = ["callgate", error.about, "--help"].filter((word) => word !== "").join(" ");
    say(`${error.message}\n${help} explains the usage.`);
    if (json) print(JSON.stringify({ error: { code: "usage", message: error.message } }, null, 2));
    return 2;
  }
  const failure = toFailure(error);
  say(failure.message);
  if (json) print(JSON.stringify({ error: failure }, null, 2));
  return 1;
}

function print(text: string): number {
  if (text !== "") process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
  return 0;
}

async function loadGroup(name: string): Promise<readonly Command[]> {
  const load = groups.get(name);
  if (load) return load();
  throw new UsageError(`There is no command “${name}”.${suggestion(name, [...groups.keys()])}`);
}

async function wholeHelp(): Promise<string> {
  const all = await Promise.all([...groups.values()].map((load) => load()));
  return overviewHelp(all.flat(), "");
}
