"use client";

import { Pause, Play } from "lucide-react";
import { useState } from "react";
import { DecisionBadge } from "#components/decision-badge.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { LiveMark } from "#components/ui/live-mark.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import {
  Cell,
  HeaderCell,
  Row,
  RowLink,
  Table,
  TableBody,
  TableHead,
} from "#components/ui/table.tsx";
import { useLive } from "#components/use-live.ts";
import type { CallItem } from "./call-item.ts";
import { decisionKind } from "./decision-kind.ts";
import { durationText } from "./duration-text.ts";
import { methodWord } from "./method-word.ts";
import { OutcomeText } from "./outcome-text.tsx";

export interface LiveCallsProps {
  /** The address of the record: `/orgs/…/calls`. */
  base: string;
  initial: readonly CallItem[];
  /** The live route of these filters; null on any page but the newest. */
  liveUrl: string | null;
  /** Shown while there is no call. */
  empty: React.ReactNode;
  chips: React.ReactNode;
  omit?: CallsTableProps["omit"];
}

/** A page of the record; the newest one follows it unless that is switched off. */
export function LiveCalls({ base, initial, liveUrl, empty, chips, omit }: LiveCallsProps) {
  const [on, setOn] = useState(true);
  const [live, setLive] = useState<{ from: typeof initial; calls: readonly CallItem[] } | null>(
    null,
  );
  const state = useLive<CallItem[]>(on ? liveUrl : null, (calls) =>
    setLive({ from: initial, calls }),
  );
  const calls = live?.from === initial ? live.calls : initial;
  return (
    <>
      <div className="flex min-h-8 flex-wrap items-center gap-2">
        {chips}
        {liveUrl !== null && (
          <span className="ml-auto flex items-center gap-3">
            <LiveMark state={on ? state : "paused"} />
            <Button
              size="small"
              aria-pressed={on}
              onClick={() => setOn(!on)}
              icon={
                on ? (
                  <Pause aria-hidden="true" className="size-3.5" />
                ) : (
                  <Play aria-hidden="true" className="size-3.5" />
                )
              }
            >
              {on ? "Pause" : "Follow"}
            </Button>
          </span>
        )}
      </div>
      {calls.length === 0 ? (
        empty
      ) : (
        <CallsTable base={base} calls={calls} known={initial} omit={omit} />
      )}
    </>
  );
}

export interface CallsTableProps {
  /** The address of the record: `/orgs/…/calls`. */
  base: string;
  calls: readonly CallItem[];
  /** Those that were there when the page was read; others are shown as new. */
  known?: readonly CallItem[];
  /** What the page is about already, so that no column has to say it. */
  omit?: "agent" | "server" | undefined;
}

export function CallsTable({ base, calls, known = calls, omit }: CallsTableProps) {
  if (calls.length === 0) return <p className="text-muted text-sm">No calls yet.</p>;
  const old = new Set(known.map(({ id }) => id));
  return (
    <div className="@container">
      <Table label="Calls">
        <TableHead>
          <HeaderCell>Decision</HeaderCell>
          <HeaderCell>Tool</HeaderCell>
          {omit !== "agent" && <HeaderCell>Agent</HeaderCell>}
          {omit !== "server" && <HeaderCell>Server</HeaderCell>}
          <HeaderCell className={wide.rule}>Rule</HeaderCell>
          <HeaderCell className={wide.outcome}>Outcome</HeaderCell>
          <HeaderCell align="right" className={wide.serverTime}>
            Server time
          </HeaderCell>
          <HeaderCell align="right" className={wide.added}>
            Added
          </HeaderCell>
          <HeaderCell align="right">When</HeaderCell>
        </TableHead>
        <TableBody>
          {calls.map((call) => (
            <Row key={call.id} className={cn(!old.has(call.id) && "bg-accent/5")}>
              <Cell phone="aside" className="sm:w-32">
                <span className="flex items-center gap-2 max-sm:justify-end">
                  <DecisionBadge decision={decisionKind(call.decision)} />
                  {call.observed && <Badge>observed</Badge>}
                </span>
              </Cell>
              <Cell phone="title" className="sm:w-[34%] sm:max-w-0">
                <RowLink href={`${base}/${call.id}`} prefetch={false} className="font-mono">
                  {methodWord(call.method) !== null && (
                    <span className="mr-1.5 font-sans text-muted">{methodWord(call.method)}</span>
                  )}
                  {call.tool}
                </RowLink>
              </Cell>
              {omit !== "agent" && (
                <Cell phone="detail" className="truncate max-sm:max-w-36 sm:w-[19%] sm:max-w-0">
                  {call.agent}
                </Cell>
              )}
              {omit !== "server" && (
                <Cell
                  phone="detail"
                  className="truncate text-muted max-sm:max-w-36 sm:w-[23%] sm:max-w-0"
                >
                  {call.server}
                </Cell>
              )}
              <Cell
                phone="hidden"
                className={cn("truncate text-muted sm:w-[24%] sm:max-w-0", wide.rule)}
                mono
              >
                <span title={call.rule}>{call.rule}</span>
              </Cell>
              <Cell className={cn("whitespace-nowrap", wide.outcome)}>
                <OutcomeText outcome={call.outcome} />
              </Cell>
              <Cell align="right" className={cn("whitespace-nowrap text-muted", wide.serverTime)}>
                {durationText(call.upstreamMs)}
              </Cell>
              <Cell align="right" className={cn("whitespace-nowrap text-muted", wide.added)}>
                {durationText(call.addedMs)}
              </Cell>
              <Cell align="right" phone="detail" className="whitespace-nowrap text-muted">
                <RelativeTime at={call.at} />
              </Cell>
            </Row>
          ))}
        </TableBody>
      </Table>
    </div>
  );
}

/** Columns that appear once the table itself, not the window, has room for them. */
const wide = {
  outcome: "sm:@max-[40rem]:hidden",
  rule: "sm:@max-[52rem]:hidden",
  serverTime: "sm:@max-[64rem]:hidden",
  added: "sm:@max-[76rem]:hidden",
};
