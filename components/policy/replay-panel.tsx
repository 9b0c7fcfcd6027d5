"use client";

import { useState } from "react";
import { type Action, runAction } from "#components/run-action.ts";
import { Button } from "#components/ui/button.tsx";
import { FormSummary } from "#components/ui/form-summary.tsx";
import { Segmented } from "#components/ui/segmented.tsx";
import { Waiting } from "#components/ui/spinner.tsx";
import type { ReplayDetail } from "#lib/rules/replay.ts";
import { ReplayView } from "./replay-view.tsx";

export interface ReplayPanelProps {
  server: string;
  text: string;
  /** The draft cannot be read. */
  isBroken: boolean;
  callsHref: string;
  replayPolicy: Action<ReplayDetail>;
}

export const spans = [
  { value: "1h", label: "1 h" },
  { value: "24h", label: "24 h" },
  { value: "7d", label: "7 d" },
  { value: "30d", label: "30 d" },
] as const;
export type Span = (typeof spans)[number]["value"];

/** What the draft would have made of the calls on record. */
export function ReplayPanel(props: ReplayPanelProps) {
  const { server, text, isBroken, callsHref, replayPolicy } = props;
  const [span, setSpan] = useState<Span>("24h");
  const [found, setFound] = useState<{ text: string; replay: ReplayDetail } | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [pending, setPending] = useState(false);

  async function replay(from: Span) {
    setPending(true);
    const answer = await runAction(replayPolicy, { server, text, from });
    setPending(false);
    setFailure(answer.ok ? null : answer.error.message);
    setFound(answer.ok ? { text, replay: answer.data } : null);
  }

  return (
    <div className="grid min-w-0 gap-4">
      <div className="flex flex-wrap items-center gap-3">
        <Segmented
          label="Calls of the last"
          options={spans}
          value={span}
          onValueChange={(next) => {
            setSpan(next);
            if (found !== null && !isBroken) void replay(next);
          }}
        />
        <Button
          pending={pending}
          pendingText="Replaying"
          disabled={isBroken}
          onClick={() => void replay(span)}
        >
          Replay this draft
        </Button>
        <p className="text-muted text-sm">
          Limits begin empty; argument values are not stored, so some answers are not certain.
        </p>
      </div>
      <FormSummary message={failure ?? undefined} />
      {pending && found === null && <Waiting>Replaying calls on record</Waiting>}
      {found !== null && (
        <>
          {found.text !== text && (
            <p role="status" className="text-caution text-sm">
              The draft has changed since: replay it again.
            </p>
          )}
          <ReplayView
            replay={found.replay}
            callsHref={callsHref}
            words={{ none: "No call of this server is on record for that time." }}
          />
        </>
      )}
    </div>
  );
}
