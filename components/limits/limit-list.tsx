"use client";

import { RotateCcw } from "lucide-react";
import { type Action, runAction } from "#components/run-action.ts";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { UsageBar } from "#components/ui/sparkline.tsx";
import { showToast } from "#components/ui/toast.tsx";
import type { LimitUsageRow } from "#lib/limits/limits.ts";
import { describeDuration } from "#lib/policy/duration.ts";

export type ResetLimit = Action<{ freed: number }>;

export interface LimitListProps {
  usage: readonly LimitUsageRow[];
  /** For a limit that several servers share: one under which it stands. */
  server: string;
  canReset: boolean;
  resetLimit: ResetLimit;
  onReset?: () => void;
}

/** Limits in use as thin bars, the fullest first; each can be freed by hand. */
export function LimitList(props: LimitListProps) {
  if (props.usage.length === 0) {
    return <p className="text-muted text-sm">No limit is in use at the moment.</p>;
  }
  return (
    <ul className="grid min-w-0 divide-y rounded border bg-raised">
      {props.usage.map((row) => (
        <LimitItem key={row.key} {...props} row={row} />
      ))}
    </ul>
  );
}

function LimitItem(props: LimitListProps & { row: LimitUsageRow }) {
  const { row, server, canReset, resetLimit, onReset } = props;
  const words = usageText(row);

  async function reset(): Promise<string | undefined> {
    const freed = await runAction(resetLimit, { server: row.owner.server ?? server, key: row.key });
    if (!freed.ok) return freed.error.message;
    showToast({
      title: `${freed.data.freed.toLocaleString("en")} slots of ${row.target} are free again`,
      description: "Takes effect on the next call.",
    });
    onReset?.();
    return undefined;
  }

  return (
    <li className="flex min-w-0 items-center gap-3 px-3 py-2 text-sm">
      <div className="grid min-w-0 flex-1 gap-0.5">
        <span className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1">
          <code className="min-w-0 break-all font-mono">{row.target}</code>
          <span className="text-muted">
            {ownerText(row)}
            {row.owner.server !== null && row.owner.server !== server && ` on ${row.owner.server}`}
          </span>
        </span>
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1 text-muted text-xs tabular-nums">
          <UsageBar used={row.used} max={row.max} label={words} className="w-24" />
          <span>{words}</span>
          {row.nextFreeAt !== null && (
            <span className="text-caution">
              next slot <RelativeTime at={new Date(row.nextFreeAt).getTime()} />
            </span>
          )}
        </span>
      </div>
      {canReset && (
        <ConfirmDialog
          title={`Free the slots of ${row.target}?`}
          consequence={`${row.used.toLocaleString("en")} used ${row.used === 1 ? "slot" : "slots"} of ${ownerText(row)} are forgotten, so up to ${row.max.toLocaleString("en")} calls are admitted at once. This is recorded.`}
          confirmLabel="Free the slots"
          tone="primary"
          onConfirm={reset}
          trigger={
            <IconButton
              label={`Free the slots of ${row.target}, ${ownerText(row)}`}
              icon={<RotateCcw aria-hidden="true" className="size-3.5" />}
              variant="ghost"
              size="iconSmall"
            />
          }
        />
      )}
    </li>
  );
}

/** "8 of 10 calls in 1 minute". */
export function usageText({ used, max, windowSeconds }: LimitUsageRow): string {
  return `${used.toLocaleString("en")} of ${max.toLocaleString("en")} calls in ${describeDuration(windowSeconds)}`;
}

function ownerText({ per, owner }: LimitUsageRow): string {
  switch (per) {
    case "session":
      return `a session of ${owner.name}`;
    case "agent":
      return owner.name;
    case "server":
      return "all agents of this server";
    case "org":
      return "all agents of the org";
  }
}
