import type { Condition } from "./condition-schema.ts";

/**
 * Why a condition on a part of a path or of an address says less than it seems to; null when nothing
 * is to be said. Advice only: what the condition decides is not changed by it.
 */
export function adviceOn(condition: Condition): string | null {
  switch (condition.op) {
    case "starts_with":
    case "ends_with":
    case "contains":
      break;
    default:
      return null;
  }
  const { value } = condition;
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(value) || hostPattern.test(value)) {
    return "An address has many spellings: https://corp.example.evil.io begins with https://corp.example as well. Better “matches” with the whole address, such as https://([a-z0-9-]+\\.)*corp\\.example(/[A-Za-z0-9/_-]*)?";
  }
  if (/^(~|\.{0,2}[/\\]|[a-z]:[/\\])/i.test(value)) {
    return "A path has many spellings: /srv/../etc begins with /srv as well. Better “matches” with the paths that are meant, such as /work(/[A-Za-z0-9_-]+)+";
  }
  return null;
}

/** A domain with at least two labels, the last of letters, perhaps after a dot or an at sign. */
const hostPattern = /^[.@]?([a-z0-9-]+\.)+[a-z]{2,}$/i;
