"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { RiskMeter } from "#components/risk-meter.tsx";
import { cn } from "#components/ui/cn.ts";
import { Link } from "#components/ui/link.tsx";
import { LiveMark } from "#components/ui/live-mark.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusDot } from "#components/ui/status-dot.tsx";
import { useLive } from "#components/use-live.ts";
import type { QueueItem } from "./queue-item.ts";
import { stateLooks } from "./state-words.ts";
import { TimeLeft } from "./time-left.tsx";

export interface QueueProps {
  orgSlug: string;
  pending: readonly QueueItem[];
  decided: readonly QueueItem[];
  /** The request in the other pane. */
  shownId: string | null;
}

/** What waits, most dangerous first, then what was decided lately; follows the record. */
export function Queue({ orgSlug, pending, decided, shownId }: QueueProps) {
  const router = useRouter();
  const [live, setLive] = useState<{ from: typeof pending; items: readonly QueueItem[] } | null>(
    null,
  );
  const items = live?.from === pending ? live.items : pending;
  const state = useLive<QueueItem[]>(`/api/orgs/${orgSlug}/approvals`, (latest) => {
    setLive({ from: pending, items: latest });
    const left = items.some(({ id }) => !latest.some((item) => item.id === id));
    // What was decided elsewhere changes the other pane too, and so does the first to arrive.
    if (left || (shownId === null && latest.length > 0)) router.refresh();
  });
  return (
    <div className="grid content-start gap-5">
      <section aria-labelledby="waiting" className="grid gap-1">
        <div className="flex h-8 items-center justify-between px-3">
          <h2 id="waiting" className="font-medium text-muted text-xs">
            Waiting {items.length > 0 && `· ${items.length}`}
          </h2>
          <LiveMark state={state} />
        </div>
        {items.length === 0 ? (
          <p className="px-3 py-2 text-muted text-sm">Nothing waits.</p>
        ) : (
          <ul>
            {items.map((item) => (
              <QueueRow key={item.id} orgSlug={orgSlug} item={item} shown={item.id === shownId} />
            ))}
          </ul>
        )}
      </section>
      {decided.length > 0 && (
        <section aria-labelledby="decided" className="grid gap-1">
          <h2 id="decided" className="flex h-8 items-center px-3 font-medium text-muted text-xs">
            Decided lately
          </h2>
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

interface QueueRowProps {
  orgSlug: string;
  item: QueueItem;
  shown: boolean;
}

function QueueRow({ orgSlug, item, shown }: QueueRowProps) {
  const waits = item.state === "pending";
  return (
    <li>
      <Link
        href={`/orgs/${orgSlug}/approvals/${item.id}`}
        data-row=""
        data-row-link=""
        aria-current={shown ? "true" : undefined}
        className={cn(
          "grid gap-1 rounded px-3 py-2 transition-colors hover:bg-hover focus-visible:-outline-offset-2 lg:aria-[current=true]:bg-hover",
          !waits && "py-1.5",
        )}
      >
        <span className="flex items-center justify-between gap-3">
          <span className="min-w-0 truncate font-medium font-mono text-sm">{item.tool}</span>
          {waits && item.risk !== null && <RiskMeter risk={item.risk} className="text-xs" />}
          {!waits && <StatusDot {...stateLooks[item.state]} className="text-muted text-xs" />}
        </span>
        <span className="flex items-center justify-between gap-3 text-muted text-xs">
          <span className="min-w-0 truncate">
            {item.agent} on {item.serverName}
          </span>
          {waits ? (
            <TimeLeft until={item.expiresAt} className="shrink-0" />
          ) : (
            <RelativeTime at={item.decidedAt ?? item.requestedAt} className="shrink-0" />
          )}
        </span>
      </Link>
    </li>
  );
}
