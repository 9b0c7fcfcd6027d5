import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { AppError } from "#lib/errors.ts";
import { UsageError } from "./command.ts";

let standardInput: Promise<string> | undefined;

/** All of standard input; several readers get the same text. */
function readStandardInput(): Promise<string> {
  standardInput ??= (async () => {
    const parts: Buffer[] = [];
    for await (const part of process.stdin) parts.push(Buffer.from(part));
    return Buffer.concat(parts).toString("utf8");
  })();
  return standardInput;
}

/** The text of a file, or of standard input for `-`. @throws AppError `invalid_input` */
export async function readText(file: string): Promise<string> {
  if (file === "-") return readStandardInput();
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    const why = cause instanceof Error && "code" in cause ? ` (${cause.code})` : "";
    throw new AppError(
      "invalid_input",
      `${file} cannot be read${why}. Check the path, or use - for standard input.`,
      { cause },
    );
  }
}

/** A password: from the environment, else one line of standard input, asked for at a terminal. */
export async function readPassword(): Promise<string> {
  const given = process.env.CALLGATE_PASSWORD;
  if (given) return given;
  const text = process.stdin.isTTY ? await askUnseen("Password: ") : await readStandardInput();
  const password = text.replace(/\r?\n$/, "");
  if (password !== "") return password;
  throw new AppError(
    "invalid_input",
    "No password came on standard input. Pipe it in, or put it into CALLGATE_PASSWORD.",
  );
}

/**
 * Values that may be secret, so that they need not stand in the process list: `-` is the next line
 * of standard input, `$NAME` a variable of the environment, anything else itself.
 */
export async function readValues(values: readonly string[]): Promise<string[]> {
  const lines = values.includes("-") ? (await readStandardInput()).split(/\r?\n/) : [];
  return values.map((value) => {
    if (value === "-") {
      const line = lines.shift() ?? "";
      if (line !== "") return line;
      throw new AppError("invalid_input", "Standard input has too few lines: one for each “-”.");
    }
    const [, variable] = /^\$([A-Z_][A-Z0-9_]*)$/.exec(value) ?? [];
    if (variable === undefined) return value;
    const found = process.env[variable];
    if (found) return found;
    throw new AppError("invalid_input", `The environment has no variable ${variable}. Set it.`);
  });
}

/** A whole number from an option. @throws UsageError */
export function readNumber(option: string, text: string): number;
export function readNumber(option: string, text: string | undefined): number | undefined;
export function readNumber(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[0-9]{1,9}$/.test(text)) return Number(text);
  throw new UsageError(`--${option} takes a whole number, not “${text}”.`);
}

/** One of a few words from an option. @throws UsageError that lists them */
export function readChoice<Choice extends string>(
  option: string,
  text: string | undefined,
  choices: readonly Choice[],
): Choice | undefined {
  if (text === undefined) return undefined;
  const found = choices.find((choice) => choice === text);
  if (found !== undefined) return found;
  throw new UsageError(`--${option} is one of ${choices.join(", ")}, not “${text}”.`);
}

async function askUnseen(question: string): Promise<string> {
  process.stderr.write(question);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  const answer = await terminal.question("");
  terminal.close();
  process.stderr.write("\n");
  return answer;
}
