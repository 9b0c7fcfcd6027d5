import { decisionLooks } from "#components/decision-badge.tsx";
import { type CallDecision, type CallOutcome, decisions, outcomes } from "#lib/calls/schema.ts";
import { decisionKind } from "./decision-kind.ts";

/** What of the record is shown; lives in the address. */
export interface CallFilters {
  decision?: CallDecision;
  outcome?: CallOutcome;
  server?: string;
  agent?: string;
  tool?: string;
}

export const outcomeLabels: Record<CallOutcome, string> = {
  ok: "Succeeded",
  tool_error: "Tool error",
  upstream_error: "Server error",
  cancelled: "Cancelled",
  unknown: "Unknown",
  running: "Running",
};

export const facetLabels: Record<keyof CallFilters, string> = {
  decision: "Decision",
  outcome: "Outcome",
  server: "Server",
  agent: "Agent",
  tool: "Tool",
};

export type SearchParams = Record<string, string | string[] | undefined>;

/** The filters of an address; what is not a filter we know is left out. */
export function filtersOf(params: SearchParams): CallFilters {
  const decision = decisions.find((known) => known === params.decision);
  const outcome = outcomes.find((known) => known === params.outcome);
  const text = (name: string) => {
    const value = params[name];
    return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
  };
  const [server, agent, tool] = [text("server"), text("agent"), text("tool")];
  return {
    ...(decision && { decision }),
    ...(outcome && { outcome }),
    ...(server && { server }),
    ...(agent && { agent }),
    ...(tool && { tool }),
  };
}

/** The address of the record with these filters, optionally from a place in it. */
export function callsHref(
  base: string,
  filters: CallFilters,
  place: { before?: string; after?: string } = {},
): string {
  const query = new URLSearchParams(Object.entries({ ...filters, ...place })).toString();
  return query === "" ? base : `${base}?${query}`;
}

/** The same filters with one of them set, or taken out where it already is. */
export function toggled<Name extends keyof CallFilters>(
  filters: CallFilters,
  name: Name,
  value: string,
): CallFilters {
  const { [name]: present, ...rest } = filters;
  return present === value ? rest : { ...rest, [name]: value };
}

/** A filter's value in the words of the page. */
export function filterValue(name: keyof CallFilters, value: string): string {
  if (name === "decision") {
    const decision = decisions.find((known) => known === value);
    return decision ? decisionLooks[decisionKind(decision)].label : value;
  }
  if (name === "outcome") {
    const outcome = outcomes.find((known) => known === value);
    return outcome ? outcomeLabels[outcome] : value;
  }
  return value;
}
