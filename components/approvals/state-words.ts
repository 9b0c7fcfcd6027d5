import type { StatusTone } from "#components/ui/status-dot.tsx";
import type { ApprovalRow } from "#lib/approvals/approvals.ts";

type State = ApprovalRow["state"];

export const stateLooks: Record<State, { label: string; tone: StatusTone }> = {
  pending: { label: "Waiting", tone: "info" },
  approved: { label: "Approved", tone: "positive" },
  consumed: { label: "Approved, has run", tone: "positive" },
  denied: { label: "Denied", tone: "danger" },
  expired: { label: "Expired", tone: "muted" },
  cancelled: { label: "Cancelled", tone: "muted" },
  void: { label: "Void", tone: "muted" },
};

export interface Decided {
  state: State;
  agent: string;
  decidedBy: string | null;
}

/** What became of a request, in one sentence. */
export function stateSentence({ state, agent, decidedBy }: Decided): string {
  const by = decidedBy === null ? "" : ` by ${decidedBy}`;
  switch (state) {
    case "pending":
      return "Waits for a decision.";
    case "approved":
      return `Approved${by}. The call runs when ${agent} repeats it, once.`;
    case "consumed":
      return `Approved${by}, and the call has run.`;
    case "denied":
      return `Denied${by}. ${agent} was told so.`;
    case "expired":
      return "Nobody decided or used it in time. A new call makes a new request.";
    case "cancelled":
    case "void":
      return "Stands no longer: the tool, the rule or the agent it was made for has changed.";
  }
}
