/** One option of a command; its key in the table is its long name. */
export interface OptionSpec {
  /** What help calls the value, as in `--org ORG`. An option without one is a switch. */
  value?: string;
  help: string;
  required?: true;
  /** May be given several times. */
  repeat?: true;
  /** A single letter. */
  short?: string;
  /** Another long name that means the same. */
  alias?: string;
}
export type OptionTable = Readonly<Record<string, OptionSpec>>;

export type OptionValue = string | boolean | readonly string[] | undefined;

export type OptionValues<Table extends OptionTable> = {
  readonly [Name in keyof Table]: Table[Name] extends { repeat: true }
    ? readonly string[]
    : Table[Name] extends { required: true }
      ? string
      : Table[Name] extends { value: string }
        ? string | undefined
        : boolean;
};

/** What a command answers: for scripts, and for people. */
export interface Outcome {
  json: unknown;
  text: string;
  /** The answer is that something failed: printed all the same, with exit code 1. */
  failed?: boolean;
}

export interface Command {
  /** As typed: `server add`. */
  name: string;
  summary: string;
  options: OptionTable;
  /** The one argument that is no option; required where there is one, unless it says otherwise. */
  operand?: { name: string; help: string; optional?: true };
  /** More than the options say, in whole paragraphs. */
  notes?: string;
  /** The shape of `--json`. */
  json: string;
  /** Works without a database, or looks for it by itself. */
  offline?: true;
  // A method, so that a command may take the exact type of its own options.
  run(options: Readonly<Record<string, OptionValue>>, operand: string): Promise<Outcome>;
}

/** A command whose `run` is given exactly the options it declares. */
export function defineCommand<const Table extends OptionTable>(
  command: Omit<Command, "options" | "run"> & {
    options: Table;
    run(options: OptionValues<Table>, operand: string): Promise<Outcome>;
  },
): Command {
  return command;
}

/** The command line itself is wrong; exit code 2. */
export class UsageError extends Error {
  /** The command or group whose help says more; empty for the whole program. */
  readonly about: string;

  constructor(message: string, about = "") {
    super(message);
    this.name = "UsageError";
    this.about = about;
  }
}
