"use client";

import type { Action } from "#components/run-action.ts";
import type { LimitUsageRow } from "#lib/limits/limits.ts";
import { LimitList, type ResetLimit } from "./limit-list.tsx";
import { useLimitUsage } from "./use-limit-usage.ts";

export interface AgentLimitsProps {
  agent: string;
  start: readonly LimitUsageRow[];
  /** A server of the agent, for limits that several share. */
  server: string;
  canReset: boolean;
  readUsage: Action<LimitUsageRow[]>;
  resetLimit: ResetLimit;
}

/** The limits that one agent uses at the moment. */
export function AgentLimits(props: AgentLimitsProps) {
  const { usage, refresh } = useLimitUsage(props.readUsage, { agent: props.agent }, props.start);
  return (
    <LimitList
      usage={usage}
      server={props.server}
      canReset={props.canReset}
      resetLimit={props.resetLimit}
      onReset={refresh}
    />
  );
}
