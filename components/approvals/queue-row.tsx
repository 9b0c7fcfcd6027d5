"use client";

import { RiskMeter } from "#components/risk-meter.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { cn } from "#components/ui/cn.ts";
import { Link } from "#components/ui/link.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusDot } from "#components/ui/status-dot.tsx";
import type { QueueItem } from "./queue-item.ts";
import { stateLooks } from "./state-words.ts";
import { TimeLeft } from "./time-left.tsx";

export interface QueueRowProps {
  orgSlug: string;
  item: QueueItem;
  /** Its request is in the other pane. */
  shown: boolean;
  /** Rows are being chosen: how this one is, and what chooses it. */
  choice?: { chosen: boolean; toggle: (shift: boolean) => void } | undefined;
}

export function QueueRow({ orgSlug, item, shown, choice }: QueueRowProps) {
  const waits = item.state === "pending";
  return (
    <li className="flex items-center gap-1">
      {choice && (
        <Checkbox
          aria-label={`Select ${item.tool} of ${item.agent}`}
          checked={choice.chosen}
          className="ml-3"
          onChange={() => {}}
          onClick={(event) => choice.toggle(event.shiftKey)}
        />
      )}
      <Link
        href={`/orgs/${orgSlug}/approvals/${item.id}`}
        data-row=""
        data-row-link=""
        aria-current={shown ? "true" : undefined}
        className={cn(
          "grid min-w-0 flex-1 grid-cols-1 gap-1 rounded px-3 py-2 transition-colors hover:bg-hover focus-visible:-outline-offset-2 lg:aria-[current=true]:bg-hover",
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
          <span className="flex shrink-0 gap-2">
            {waits && item.votes !== null && <span>{item.votes}</span>}
            {waits ? (
              <TimeLeft until={item.expiresAt} />
            ) : (
              <RelativeTime at={item.decidedAt ?? item.requestedAt} />
            )}
          </span>
        </span>
      </Link>
    </li>
  );
}
