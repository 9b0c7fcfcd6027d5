import { type ApprovalState, approvalStates } from "#lib/approvals/schema.ts";
import { stateLooks } from "./state-words.ts";

/** What of the history is shown; lives in the address. */
export interface HistoryFilters {
  state?: ApprovalState;
  agent?: string;
  server?: string;
  tool?: string;
}

export const historyLabels: Record<keyof HistoryFilters, string> = {
  state: "State",
  agent: "Agent",
  server: "Server",
  tool: "Tool",
};

/** The filters of an address; what is not a filter we know is left out. */
export function historyFilters(
  params: Record<string, string | string[] | undefined>,
): HistoryFilters {
  const state = approvalStates.find((known) => known === params.state);
  const text = (name: string) => {
    const value = params[name];
    return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
  };
  const [agent, server, tool] = [text("agent"), text("server"), text("tool")];
  return {
    ...(state && { state }),
    ...(agent && { agent }),
    ...(server && { server }),
    ...(tool && { tool }),
  };
}

/** The address of the history with these filters, optionally from a request on. */
export function historyHref(base: string, filters: HistoryFilters, before?: string): string {
  const query = new URLSearchParams({ ...filters, ...(before && { before }) }).toString();
  return query === "" ? base : `${base}?${query}`;
}

/** The states to choose from. */
export const stateOptions = [
  { value: "", label: "Any state" },
  ...approvalStates.map((state) => ({ value: state, label: stateLooks[state].label })),
];
