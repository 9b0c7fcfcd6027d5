import type { Action } from "#components/run-action.ts";
import type { CaseResult, Expectation } from "#lib/policy/cases.ts";
import type { ApprovalOptions, LimitScope } from "#lib/policy/types.ts";

/** What a trial answers; nothing was executed. */
export interface TrialAnswer {
  decision: Expectation;
  rule: string;
  reason: string | null;
  explanation: string;
  limits: {
    rule: string;
    max: number;
    windowSeconds: number;
    per: LimitScope;
    survivesReconnect: boolean;
  }[];
  approval: ApprovalOptions | null;
  notes: string[];
}

export interface CasesAnswer {
  passed: number;
  failed: number;
  cases: CaseResult[];
}

export interface ChangeCounts {
  refused: number;
  hidden: number;
  limited: number;
  held: number;
  allowed: number;
  unchanged: number;
  uncertain: number;
}

export type CallEnding = "allow" | "limit" | "approve" | "deny" | "hide";

/** How calls on record would have ended under another policy. */
export interface ReplayAnswer {
  looked: number;
  isComplete: boolean;
  since: Date | null;
  counts: ChangeCounts;
  byAgent: ({ agent: string } & ChangeCounts)[];
  byTool: ({ tool: string } & ChangeCounts)[];
  calls: {
    id: string;
    at: Date;
    agent: string;
    tool: string;
    before: CallEnding;
    after: CallEnding | null;
    rule: string | null;
  }[];
}

export interface PolicyActions {
  applyPolicy: Action<{ version: number }>;
  setPolicyMode: Action<{ mode: "enforce" | "observe" }>;
  restorePolicyVersion: Action<{ version: number }>;
  diffPolicyVersions: Action<{ diff: string; changed: boolean }>;
  tryPolicy: Action<TrialAnswer>;
  testPolicy: Action<CasesAnswer>;
  replayPolicy: Action<ReplayAnswer>;
  observeSummary: Action<ReplayAnswer>;
}

export interface VersionItem {
  version: number;
  text: string;
  author: string;
  at: string;
  note: string;
}
