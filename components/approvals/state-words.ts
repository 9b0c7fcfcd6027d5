import type { StatusTone } from "#components/ui/status-dot.tsx";
import type { ApprovalRow } from "#lib/approvals/approvals.ts";

type State = ApprovalRow["state"];

export const stateLooks: Record<State, { label: string; tone: StatusTone }> = {
  pending: { label: "Waiting", tone: "info" },
  approved: { label: "Approved", tone: "positive" },
  consumed: { label: "Approved, has run", tone: "positive" },
  denied: { label: "Denied", tone: "danger" },
  expired: { label: "Expired", tone: "muted" },
  cancelled: { label: "Withdrawn", tone: "muted" },
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
      return `Withdrawn: ${agent} does not wait for it any more.`;
    case "void":
      return "Stands no longer: the policy, the tool, the server or the agent it was made for has changed.";
  }
}

/** How many of the approvals that the rule asks for are given; null when one is enough. */
export function votesText({ votesNeeded, votes }: Pick<ApprovalRow, "votesNeeded" | "votes">) {
  if (votesNeeded <= 1) return null;
  const given = votes.filter(({ decision }) => decision === "approve").length;
  return `${given} of ${votesNeeded}`;
}

/** What an answer came to, for the person who gave it. */
export function answerToast(
  answered: ApprovalRow,
  agent: string,
  tool: string,
): { title: string; description: string } {
  switch (answered.state) {
    case "pending":
      return {
        title: `Your approval of ${tool} counts`,
        description: `${votesText(answered) ?? "More"} given; somebody else has to approve as well.`,
      };
    case "denied":
      return { title: `Denied ${tool} for ${agent}`, description: "The agent is told so." };
    default: {
      const minutes = Math.round((answered.expiresAt.getTime() - Date.now()) / 60_000);
      return {
        title: `Approved ${tool} for ${agent}`,
        description: `This call may run once within ${minutes} ${minutes === 1 ? "minute" : "minutes"}.`,
      };
    }
  }
}
