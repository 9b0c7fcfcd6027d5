import type { Action } from "#components/run-action.ts";
import type { CaseResult } from "#lib/policy/cases.ts";
import type { ReplayDetail } from "#lib/rules/replay.ts";
import type { TrialDetail } from "#lib/rules/try.ts";

export interface CasesAnswer {
  passed: number;
  failed: number;
  cases: CaseResult[];
}

export type ChangeCounts = ReplayDetail["counts"];
export type CallEnding = ReplayDetail["calls"][number]["before"];

export interface PolicyActions {
  applyPolicy: Action<{ version: number }>;
  setPolicyMode: Action<{ mode: "enforce" | "observe" }>;
  restorePolicyVersion: Action<{ version: number }>;
  diffPolicyVersions: Action<{ diff: string; changed: boolean }>;
  tryPolicy: Action<TrialDetail>;
  testPolicy: Action<CasesAnswer>;
  replayPolicy: Action<ReplayDetail>;
  observeSummary: Action<ReplayDetail>;
}

export interface VersionItem {
  version: number;
  text: string;
  author: string;
  at: string;
  note: string;
  /** How many it keeps. */
  cases: number;
  /** These are others than those in force. */
  hasOtherCases: boolean;
}
