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
}

/** A page of the record; the newest one follows it unless that is switched off. */
export function LiveCalls({ base, initial, liveUrl, empty, chips }: LiveCallsProps) {
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
      {calls.length === 0 ? empty : <CallsTable base={base} calls={calls} known={initial} />}
    </>
  );
}

export interface CallsTableProps {
  /** The address of the record: `/orgs/…/calls`. */
  base: string;
  calls: readonly CallItem[];
  /** Those that were there when the page was read; others are shown as new. */
  known?: readonly CallItem[];
}

export function CallsTable({ base, calls, known = calls }: CallsTableProps) {
  if (calls.length === 0) return <p className="text-muted text-sm">No calls yet.</p>;
  const old = new Set(known.map(({ id }) => id));
  return (
    <Table label="Calls">
      <TableHead>
        <HeaderCell>Decision</HeaderCell>
        <HeaderCell>Tool</HeaderCell>
        <HeaderCell>Agent</HeaderCell>
        <HeaderCell>Server</HeaderCell>
        <HeaderCell className="max-lg:hidden">Rule</HeaderCell>
        <HeaderCell>Outcome</HeaderCell>
        <HeaderCell align="right" className="max-xl:hidden">
          Server time
        </HeaderCell>
        <HeaderCell align="right" className="max-2xl:hidden">
          Added
        </HeaderCell>
        <HeaderCell align="right">When</HeaderCell>
      </TableHead>
      <TableBody>
        {calls.map((call) => (
          <Row key={call.id} className={cn(!old.has(call.id) && "bg-accent/5")}>
            <Cell phone="aside" className="sm:w-36">
              <span className="flex items-center gap-2 max-sm:justify-end">
                <DecisionBadge decision={decisionKind(call.decision)} />
                {call.observed && <Badge>observed</Badge>}
              </span>
            </Cell>
            <Cell phone="title" className="sm:max-w-60">
              <RowLink href={`${base}/${call.id}`} prefetch={false} className="font-mono">
                {methodWord(call.method) !== null && (
                  <span className="mr-1.5 font-sans text-muted">{methodWord(call.method)}</span>
                )}
                {call.tool}
              </RowLink>
            </Cell>
            <Cell phone="detail" className="max-w-36 truncate">
              {call.agent}
            </Cell>
            <Cell phone="detail" className="max-w-36 truncate text-muted">
              {call.server}
            </Cell>
            <Cell phone="hidden" className="max-w-44 truncate text-muted max-lg:hidden" mono>
              <span title={call.rule}>{call.rule}</span>
            </Cell>
            <Cell className="whitespace-nowrap">
              <OutcomeText outcome={call.outcome} />
            </Cell>
            <Cell align="right" className="whitespace-nowrap text-muted max-xl:hidden">
              {durationText(call.upstreamMs)}
            </Cell>
            <Cell align="right" className="whitespace-nowrap text-muted max-2xl:hidden">
              {durationText(call.addedMs)}
            </Cell>
            <Cell align="right" phone="detail" className="whitespace-nowrap text-muted">
              <RelativeTime at={call.at} />
            </Cell>
          </Row>
        ))}
      </TableBody>
    </Table>
  );
}
