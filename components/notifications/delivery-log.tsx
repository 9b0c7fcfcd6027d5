"use client";

import { useState } from "react";
import { LiveMark } from "#components/ui/live-mark.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusDot, type StatusTone } from "#components/ui/status-dot.tsx";
import { Cell, HeaderCell, Row, Table, TableBody, TableHead } from "#components/ui/table.tsx";
import { useLive } from "#components/use-live.ts";
import type { DeliveryItem } from "./delivery-item.ts";
import { eventLabel } from "./words.ts";

const looks: Record<DeliveryItem["state"], { label: string; tone: StatusTone }> = {
  queued: { label: "Waiting", tone: "info" },
  sending: { label: "Sending", tone: "info" },
  delivered: { label: "Delivered", tone: "positive" },
  failed: { label: "Failed", tone: "danger" },
};

export interface DeliveryLogProps {
  orgSlug: string;
  initial: readonly DeliveryItem[];
}

/** What was sent and what came of it, newest first; follows the outbox. */
export function DeliveryLog({ orgSlug, initial }: DeliveryLogProps) {
  const [live, setLive] = useState<{ from: typeof initial; items: readonly DeliveryItem[] } | null>(
    null,
  );
  const state = useLive<DeliveryItem[]>(`/api/orgs/${orgSlug}/deliveries`, (items) =>
    setLive({ from: initial, items }),
  );
  const items = live?.from === initial ? live.items : initial;
  return (
    <div className="grid gap-2">
      <div className="flex justify-end">
        <LiveMark state={state} />
      </div>
      {items.length === 0 ? (
        <p className="text-muted text-sm">Nothing has been sent yet.</p>
      ) : (
        <Table label="Deliveries" density="compact">
          <TableHead>
            <HeaderCell>State</HeaderCell>
            <HeaderCell>Message</HeaderCell>
            <HeaderCell>Channel</HeaderCell>
            <HeaderCell align="right">Attempts</HeaderCell>
            <HeaderCell align="right">When</HeaderCell>
          </TableHead>
          <TableBody>
            {items.map((item) => (
              <Row key={item.id}>
                <Cell phone="aside" className="sm:w-28">
                  <StatusDot {...looks[item.state]} />
                </Cell>
                <Cell phone="title">
                  <span className="grid gap-0.5 py-1">
                    <span className="break-words">{item.title}</span>
                    <span className="break-words text-muted text-xs">
                      {eventLabel(item.event)}
                      {item.error && ` · ${item.error}`}
                      {item.nextAt && item.attempts > 0 && (
                        <>
                          {" "}
                          Next try <RelativeTime at={item.nextAt} />.
                        </>
                      )}
                    </span>
                  </span>
                </Cell>
                <Cell phone="detail">{item.channel}</Cell>
                <Cell phone="hidden" align="right">
                  {item.attempts}
                </Cell>
                <Cell phone="detail" align="right">
                  <RelativeTime at={item.createdAt} className="text-muted" />
                </Cell>
              </Row>
            ))}
          </TableBody>
        </Table>
      )}
    </div>
  );
}
