import type { Condition } from "./condition-schema.ts";
import { comparisonLenses, isNarrowSpace, isPlain, isWideSpace } from "./lens.ts";
import { isList, type Path, parsePath, valueAt } from "./path.ts";
import type { JsonObject, JsonValue } from "./types.ts";
import { not, type Verdict } from "./verdict.ts";
import { spend, type Work } from "./work.ts";

/** `command_in`: whether the words of a text, and of a list that continues it, begin with a command. */
export type CommandCondition = Extract<Condition, { op: "command_in" | "command_not_in" }>;

type Found = JsonValue | undefined;

/** One way to read the words of a text. */
interface WordView {
  readonly isSpace: (unit: number) => boolean;
  readonly fold: (text: string) => string;
  readonly commands: ReadonlySet<string>;
  /** What a command can begin with; the empty text is among them. */
  readonly beginnings: ReadonlySet<string>;
}

/** Texts longer than this are not read, as in every other comparison. */
const textMaxLength = 65_536;

/**
 * Compiles the test. Certain only where every way to read case and spaces agrees and no part that
 * is missing or of a wrong type could change the answer; words after the command are never read.
 */
export function commandTest(
  condition: CommandCondition,
): (found: Found, work: Work, args: JsonObject) => Verdict {
  const more = condition.joined_with === undefined ? null : parsePath(condition.joined_with);
  const views = viewsOf(condition);
  const mostWords = Math.max(...condition.value.map((command) => command.split(" ").length));
  const plainCommands = condition.value.every(isPlain);
  const [firstView, ...otherViews] = views;
  if (firstView === undefined) throw new Error("A command test has at least one view.");
  const negated = condition.op === "command_not_in";
  return (found, work, args) => {
    if (typeof found !== "string" || found.length > textMaxLength) return "indeterminate";
    spend(work, (found.length * views.length) / 4);
    const source = { text: found, more: more === null ? undefined : listAt(args, more) };
    const reading = { plain: plainCommands && isPlain(found), mostWords, work };
    let verdict = readCommand(source, firstView, reading);
    if (!reading.plain) {
      const agreed = otherViews.every((view) => readCommand(source, view, reading) === verdict);
      if (!agreed) verdict = "indeterminate";
    }
    return negated ? not(verdict) : verdict;
  };
}

interface Source {
  readonly text: string;
  /** The list that continues the text; undefined when there is none, null when it is no list. */
  readonly more: readonly JsonValue[] | null | undefined;
}

interface Reading {
  /** Becomes false when a text was read that views may read differently. */
  plain: boolean;
  readonly mostWords: number;
  readonly work: Work;
}

function readCommand(source: Source, view: WordView, reading: Reading): Verdict {
  let words = "";
  let count = 0;
  const names = (text: string): boolean => {
    for (const word of wordsOf(text, view.isSpace)) {
      words += (count === 0 ? "" : " ") + view.fold(word);
      count++;
      if (view.commands.has(words)) return true;
      if (count === reading.mostWords) return false;
    }
    return false;
  };
  if (names(source.text)) return true;
  const mayGoOn = () => count < reading.mostWords && view.beginnings.has(words);
  if (!mayGoOn() || source.more === undefined) return false;
  if (source.more === null) return "indeterminate";
  for (const element of source.more) {
    spend(reading.work, 1);
    if (typeof element !== "string" || element.length > textMaxLength) return "indeterminate";
    spend(reading.work, element.length / 4);
    if (reading.plain && !isPlain(element)) reading.plain = false;
    if (names(element)) return true;
    if (!mayGoOn()) return false;
  }
  return false;
}

function viewsOf(condition: CommandCondition): WordView[] {
  const folds = comparisonLenses({ ignore_case: condition.ignore_case === true });
  return [isNarrowSpace, isWideSpace].flatMap((isSpace) =>
    folds.map(({ fold }) => {
      const commands = condition.value.map((command) => command.split(" ").map(fold));
      const beginnings = commands.flatMap((words) =>
        words.map((_, length) => words.slice(0, length).join(" ")),
      );
      return {
        isSpace,
        fold,
        commands: new Set(commands.map((words) => words.join(" "))),
        beginnings: new Set(beginnings),
      };
    }),
  );
}

/** `null` is how most callers spell "no list". */
function listAt(args: JsonObject, path: Path): readonly JsonValue[] | null | undefined {
  const value = valueAt(args, path);
  if (value === undefined || value === null) return undefined;
  return isList(value) ? value : null;
}

function* wordsOf(text: string, isSpace: (unit: number) => boolean): Generator<string> {
  let start = 0;
  for (let index = 0; index <= text.length; index++) {
    if (index < text.length && !isSpace(text.charCodeAt(index))) continue;
    if (index > start) yield text.slice(start, index);
    start = index + 1;
  }
}
