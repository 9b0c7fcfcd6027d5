import { RiskMeter } from "#components/risk-meter.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusDot } from "#components/ui/status-dot.tsx";
import {
  Cell,
  HeaderCell,
  Row,
  RowLink,
  Table,
  TableBody,
  TableHead,
} from "#components/ui/table.tsx";
import type { ApprovalRow } from "#lib/approvals/approvals.ts";
import { riskOf } from "./queue-item.ts";
import { stateLooks } from "./state-words.ts";

/** Requests of any state, latest first. */
export function HistoryTable({ base, rows }: { base: string; rows: readonly ApprovalRow[] }) {
  return (
    <Table label="Approval requests">
      <TableHead>
        <HeaderCell>State</HeaderCell>
        <HeaderCell>Tool</HeaderCell>
        <HeaderCell>Agent</HeaderCell>
        <HeaderCell>Server</HeaderCell>
        <HeaderCell className="max-lg:hidden">Risk</HeaderCell>
        <HeaderCell>Decided by</HeaderCell>
        <HeaderCell className="max-xl:hidden">Reason</HeaderCell>
        <HeaderCell align="right">Asked</HeaderCell>
      </TableHead>
      <TableBody>
        {rows.map((row) => {
          const risk = riskOf(row.riskClass);
          return (
            <Row key={row.id}>
              <Cell phone="aside" className="sm:w-40">
                <StatusDot {...stateLooks[row.state]} />
              </Cell>
              <Cell phone="title" className="sm:max-w-60">
                <RowLink href={`${base}/${row.id}`} prefetch={false} className="font-mono">
                  {row.tool}
                </RowLink>
              </Cell>
              <Cell phone="detail" className="sm:max-w-56 sm:truncate">
                {row.agent}
              </Cell>
              <Cell phone="detail">{row.serverName}</Cell>
              <Cell phone="hidden" className="max-lg:hidden">
                {risk && <RiskMeter risk={risk} />}
              </Cell>
              <Cell phone="detail">
                {row.decidedBy ?? (
                  <span className="text-muted max-sm:hidden">
                    {row.state === "pending" ? "–" : "nobody"}
                  </span>
                )}
              </Cell>
              <Cell phone="hidden" className="max-w-64 truncate text-muted max-xl:hidden">
                {row.decisionNote}
              </Cell>
              <Cell phone="detail" align="right" className="whitespace-nowrap">
                <RelativeTime at={row.requestedAt.toISOString()} className="text-muted" />
              </Cell>
            </Row>
          );
        })}
      </TableBody>
    </Table>
  );
}
