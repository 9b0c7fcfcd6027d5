import type { RiskLevel } from "#components/risk-meter.tsx";
import type { ApprovalRow } from "#lib/approvals/approvals.ts";
import { riskClasses } from "#lib/policy/types.ts";
import { votesText } from "./state-words.ts";

/** A request as the queue shows it; times in ISO 8601. */
export interface QueueItem {
  id: string;
  tool: string;
  agent: string;
  serverName: string;
  risk: RiskLevel | null;
  state: ApprovalRow["state"];
  /** "1 of 2" where one approval is not enough. */
  votes: string | null;
  requestedAt: string;
  expiresAt: string;
  decidedAt: string | null;
  decidedBy: string | null;
}

export function queueItemOf(row: ApprovalRow): QueueItem {
  return {
    id: row.id,
    tool: row.tool,
    agent: row.agent,
    serverName: row.serverName,
    risk: riskOf(row.riskClass),
    state: row.state,
    votes: votesText(row),
    requestedAt: row.requestedAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    decidedAt: row.decidedAt?.toISOString() ?? null,
    decidedBy: row.decidedBy,
  };
}

/** A stored risk class; null when the tool is gone or the word is of another version. */
export function riskOf(text: string | null): RiskLevel | null {
  return riskClasses.find((risk) => risk === text) ?? null;
}
