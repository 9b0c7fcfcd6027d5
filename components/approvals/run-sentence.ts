import { isSecretName } from "./secret-names.ts";

const mostShown = 3;
const longestShown = 40;

/**
 * What will run, in one sentence that goes on after the tool's name: the first arguments that are short enough to be read in passing;
 * the complete ones stand below it on the page.
 */
export function runSentence(serverName: string, args: unknown): string {
  const entries = Object.entries(isRecord(args) ? args : {});
  const shown = entries
    .flatMap(([name, value]) => {
      const text = isSecretName(name) ? "••••" : shortText(value);
      return text === null ? [] : [`${name} = ${text}`];
    })
    .slice(0, mostShown);
  const rest = entries.length - shown.length;
  const more = rest === 0 ? [] : [`${rest} more ${rest === 1 ? "argument" : "arguments"}`];
  const parts = [...shown, ...more];
  const last = parts.pop();
  const how =
    last === undefined
      ? "without arguments"
      : `with ${parts.length === 0 ? last : `${parts.join(", ")} and ${last}`}`;
  return `runs once on ${serverName}, ${how}.`;
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
