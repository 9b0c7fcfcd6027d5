"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { useSelection } from "#components/tools/use-selection.ts";
import { Button } from "#components/ui/button.tsx";
import { Link } from "#components/ui/link.tsx";
import { LiveMark } from "#components/ui/live-mark.tsx";
import { useLive } from "#components/use-live.ts";
import { DenySeveral, type DenySeveralAction } from "./deny-several.tsx";
import type { QueueItem } from "./queue-item.ts";
import { QueueRow } from "./queue-row.tsx";

export interface QueueProps {
  orgSlug: string;
  pending: readonly QueueItem[];
  decided: readonly QueueItem[];
  /** The request in the other pane. */
  shownId: string | null;
  /** Null: the role may not decide. */
  deny: DenySeveralAction | null;
}

/** What waits, most dangerous first, then what was decided lately; follows the record. */
export function Queue({ orgSlug, pending, decided, shownId, deny }: QueueProps) {
  const router = useRouter();
  const [live, setLive] = useState<{ from: typeof pending; items: readonly QueueItem[] } | null>(
    null,
  );
  const items = live?.from === pending ? live.items : pending;
  const state = useLive<QueueItem[]>(`/api/orgs/${orgSlug}/approvals`, (latest) => {
    setLive({ from: pending, items: latest });
    const left = items.some(({ id }) => !latest.some((item) => item.id === id));
    const votes = (all: readonly QueueItem[]) => all.find(({ id }) => id === shownId)?.votes;
    // What was decided elsewhere changes the other pane too, and so does the first to arrive.
    if (left || votes(items) !== votes(latest) || (shownId === null && latest.length > 0)) {
      router.refresh();
    }
  });
  const [choosing, setChoosing] = useState(false);
  const ids = items.map(({ id }) => id);
  const selection = useSelection(ids);
  const choices = choosing && items.length > 0 && deny !== null;

  function stop() {
    selection.clear();
    setChoosing(false);
  }

  return (
    <div className="grid grid-cols-1 content-start gap-5">
      <section aria-labelledby="waiting" className="grid grid-cols-1 gap-1">
        <div className="flex h-8 items-center gap-3 px-3">
          <h2 id="waiting" className="mr-auto font-medium text-muted text-xs">
            Waiting {items.length > 0 && `· ${items.length}`}
          </h2>
          {deny !== null && items.length > 1 && (
            <Button
              size="small"
              variant="ghost"
              aria-pressed={choosing}
              onClick={() => (choosing ? stop() : setChoosing(true))}
            >
              {choosing ? "Done" : "Select"}
            </Button>
          )}
          <LiveMark state={state} />
        </div>
        {items.length === 0 ? (
          <p className="px-3 py-2 text-muted text-sm">Nothing waits.</p>
        ) : (
          <ul>
            {items.map((item) => (
              <QueueRow
                key={item.id}
                orgSlug={orgSlug}
                item={item}
                shown={item.id === shownId}
                choice={
                  choices
                    ? {
                        chosen: selection.names.has(item.id),
                        toggle: (shift) => selection.toggle(item.id, shift),
                      }
                    : undefined
                }
              />
            ))}
          </ul>
        )}
        {choices && <DenySeveral ids={[...selection.names]} deny={deny} onDone={stop} />}
      </section>
      {decided.length > 0 && (
        <section aria-labelledby="decided" className="grid grid-cols-1 gap-1">
          <div className="flex h-8 items-center justify-between gap-3 px-3">
            <h2 id="decided" className="font-medium text-muted text-xs">
              Decided lately
            </h2>
            <Link
              href={`/orgs/${orgSlug}/approvals/history`}
              className="text-accent text-xs underline-offset-2 hover:underline pointer-coarse:py-3"
            >
              History
            </Link>
          </div>
          <ul>
            {decided.map((item) => (
              <QueueRow key={item.id} orgSlug={orgSlug} item={item} shown={item.id === shownId} />
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}
