"use client";

import { useEffect, useState } from "react";
import { type Action, runAction } from "#components/run-action.ts";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { FormSummary } from "#components/ui/form-summary.tsx";
import { Segmented } from "#components/ui/segmented.tsx";
import { Waiting } from "#components/ui/spinner.tsx";
import { showToast } from "#components/ui/toast.tsx";
import type { ReplayDetail } from "#lib/rules/replay.ts";
import type { PolicyActions } from "./policy-answers.ts";
import { type Span, spans } from "./replay-panel.tsx";
import { ReplayView } from "./replay-view.tsx";

export interface ModeCardProps {
  server: string;
  mode: "enforce" | "observe";
  canEdit: boolean;
  canReadCalls: boolean;
  callsHref: string;
  setPolicyMode: PolicyActions["setPolicyMode"];
  observeSummary: PolicyActions["observeSummary"];
}

/** Whether the policy refuses, or only records what it would have refused. */
export function ModeCard(props: ModeCardProps) {
  const { server, mode, canEdit, setPolicyMode } = props;
  const [pending, setPending] = useState(false);
  const isObserving = mode === "observe";

  async function change(next: ModeCardProps["mode"]): Promise<string | undefined> {
    setPending(true);
    const saved = await runAction(setPolicyMode, { server, mode: next });
    setPending(false);
    if (!saved.ok) return saved.error.message;
    showToast({
      title: next === "enforce" ? "The policy is enforced" : "The policy only observes",
      description: "Takes effect on the next call.",
    });
    return undefined;
  }

  return (
    <Card className={isObserving ? "grid gap-4 border-caution/40 bg-caution/6 p-3" : "p-3"}>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <Badge tone={isObserving ? "caution" : "positive"}>
          {isObserving ? "Observing" : "Enforcing"}
        </Badge>
        <p className="min-w-0 flex-1 basis-60 text-sm">
          {isObserving
            ? "Every call is forwarded; what the rules would have decided is recorded."
            : "Every call is decided by these rules, before it reaches the server."}
        </p>
        {canEdit && isObserving && (
          <Button
            variant="primary"
            size="small"
            pending={pending}
            pendingText="Saving"
            onClick={() =>
              void change("enforce").then((failure) => {
                if (failure === undefined) return;
                showToast({ tone: "failed", title: "Still observing", description: failure });
              })
            }
          >
            Enforce
          </Button>
        )}
        {canEdit && !isObserving && (
          <ConfirmDialog
            title="Only observe from now on?"
            consequence="Every call of every agent of this server is forwarded, whatever the rules say, until the policy is enforced again. What the rules would have decided is recorded."
            confirmLabel="Only observe"
            onConfirm={() => change("observe")}
            trigger={<Button size="small">Only observe</Button>}
          />
        )}
      </div>
      {isObserving && props.canReadCalls && <Observed {...props} />}
    </Card>
  );
}

function Observed({ server, callsHref, observeSummary }: ModeCardProps) {
  const [span, setSpan] = useState<Span>("24h");
  const [found, setFound] = useState<ReplayDetail | null>(null);
  const [failure, setFailure] = useState<string | null>(null);

  useEffect(() => {
    let isCurrent = true;
    void readObserved(observeSummary, server, span).then((answer) => {
      if (!isCurrent) return;
      setFailure(answer.ok ? null : answer.error.message);
      if (answer.ok) setFound(answer.data);
    });
    return () => {
      isCurrent = false;
    };
  }, [observeSummary, server, span]);

  return (
    <section aria-label="What enforcing would have done" className="grid min-w-0 gap-3">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h2 className="font-semibold text-base">What enforcing would have done</h2>
        <Segmented
          label="Observed in the last"
          options={spans}
          value={span}
          onValueChange={setSpan}
        />
      </div>
      <FormSummary message={failure ?? undefined} />
      {found === null && failure === null && <Waiting>Reading what was observed</Waiting>}
      {found !== null && (
        <ReplayView
          replay={found}
          callsHref={callsHref}
          words={{ none: "No call was observed in that time." }}
        />
      )}
    </section>
  );
}

function readObserved(action: Action<ReplayDetail>, server: string, from: Span) {
  return runAction(action, { server, from });
}
