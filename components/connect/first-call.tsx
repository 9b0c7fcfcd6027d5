"use client";

import { useState } from "react";
import { decisionKind } from "#components/calls/decision-kind.ts";
import { DecisionBadge } from "#components/decision-badge.tsx";
import { Card } from "#components/ui/card.tsx";
import { Link } from "#components/ui/link.tsx";
import { LiveMark } from "#components/ui/live-mark.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Spinner } from "#components/ui/spinner.tsx";
import { useLive } from "#components/use-live.ts";
import type { CallRow } from "#lib/calls/calls.ts";
import type { ReadyAgent } from "./agent-picker.tsx";

/** Waits for the agent's first call here and turns into it. */
export function FirstCall({
  org,
  server,
  agent,
  onCall,
}: {
  org: string;
  server: string;
  agent: ReadyAgent;
  onCall: () => void;
}) {
  const [call, setCall] = useState<CallRow | null>(null);
  const query = new URLSearchParams({ server, since: agent.since });
  const url = `/api/orgs/${org}/agents/${encodeURIComponent(agent.name)}/first-call?${query}`;
  const live = useLive<CallRow | null>(call ? null : url, (first) => {
    setCall(first);
    if (first) onCall();
  });
  return (
    <Card className="min-h-24 p-4">
      <div role="status" className="grid gap-1.5">
        {call ? (
          <>
            <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
              <DecisionBadge decision={decisionKind(call.decision)} />
              <span className="break-all font-medium font-mono text-sm">{call.tool}</span>
              <RelativeTime at={new Date(call.at).getTime()} className="text-muted text-sm" />
            </p>
            <p className="max-w-[72ch] text-muted text-sm">
              {call.decision === "denied" && call.rule === "default"
                ? "It reached the gate. No rule allows this tool yet, so it was denied; set one under Tools."
                : `It reached the gate and was decided by ${call.rule}.`}
            </p>
            <p className="flex gap-4 text-sm">
              <Link
                href={`/orgs/${org}/calls/${call.id}`}
                className="text-accent underline-offset-2 hover:underline"
              >
                Open the call
              </Link>
              <Link
                href={`/orgs/${org}/servers/${server}`}
                className="text-accent underline-offset-2 hover:underline"
              >
                Set rules
              </Link>
            </p>
          </>
        ) : (
          <>
            <p className="flex flex-wrap items-center gap-2.5">
              <Spinner className="text-muted" />
              <span className="font-medium text-base">Waiting for the first call…</span>
              <LiveMark state={live} className="ml-auto" />
            </p>
            <p className="max-w-[72ch] text-muted text-sm">
              Ask {agent.name} to use any tool of this server. Its call shows up here with its
              decision, refused or not.
            </p>
          </>
        )}
      </div>
    </Card>
  );
}
