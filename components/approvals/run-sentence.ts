import { isSecretName } from "./secret-names.ts";

const mostShown = 5;
const longestShown = 40;

/** A piece of the sentence; the name of an argument is set apart from the words around it. */
export interface SentencePart {
  text: string;
  isName: boolean;
}

/**
 * What will run, in one sentence that goes on after the tool's name: the first arguments that are short enough to be read in passing;
 * the complete ones stand below it on the page.
 */
export function runSentence(serverName: string, args: unknown): SentencePart[] {
  const entries = Object.entries(isRecord(args) ? args : {});
  const shown = entries
    .flatMap(([name, value]) => {
      const text = isSecretName(name) ? "••••" : shortText(value);
      return text === null ? [] : [[named(name), words(` = ${text}`)]];
    })
    .slice(0, mostShown);
  const rest = entries.length - shown.length;
  const list = rest === 0 ? shown : [...shown, [words(moreArguments(rest))]];
  if (list.length === 0) return [words(`runs once on ${serverName}, without arguments.`)];
  return [
    words(`runs once on ${serverName}, with `),
    ...list.flatMap((parts, place) => [...separator(place, list.length), ...parts]),
    words("."),
  ];
}

function separator(place: number, count: number): SentencePart[] {
  if (place === 0) return [];
  return [words(place === count - 1 ? " and " : ", ")];
}

function moreArguments(count: number): string {
  return `${count} more ${count === 1 ? "argument" : "arguments"}`;
}

function words(text: string): SentencePart {
  return { text, isName: false };
}

function named(text: string): SentencePart {
  return { text, isName: true };
}

function shortText(value: unknown): string | null {
  switch (typeof value) {
    case "number":
    case "boolean":
      return String(value);
    case "string":
      return value.length <= longestShown ? `“${value}”` : null;
    default:
      return null;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
