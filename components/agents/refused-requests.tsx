import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Cell, HeaderCell, Row, Table, TableBody, TableHead } from "#components/ui/table.tsx";
import type { RefusedRequestsRow } from "#lib/agents/refused.ts";
import { refusalReasons } from "#lib/policy/refusal-reasons.ts";

/** What one agent has sent that no rule judged: why, how often, and the last answer it got. */
export function RefusedRequests({ rows }: { rows: readonly RefusedRequestsRow[] }) {
  if (rows.length === 0) return <p className="text-muted text-sm">None in the last 7 days.</p>;
  return (
    <Table label="Refused requests">
      <TableHead>
        <HeaderCell>Why</HeaderCell>
        <HeaderCell>Server</HeaderCell>
        <HeaderCell align="right">Requests</HeaderCell>
        <HeaderCell align="right" className="max-lg:hidden">
          First
        </HeaderCell>
        <HeaderCell align="right">Last</HeaderCell>
      </TableHead>
      <TableBody>
        {rows.map(({ reason, server, requests, message, firstAt, lastAt }) => (
          <Row key={`${reason} ${server}`}>
            <Cell phone="title" className="wrap-anywhere sm:w-[60%] sm:py-1.5">
              <p>{refusalReasons[reason]}</p>
              <p className="text-muted text-sm">Last answer: {message}</p>
            </Cell>
            <Cell phone="detail" className="truncate sm:max-w-40">
              <span title={server ?? undefined}>
                {server ?? <span className="text-muted">no server</span>}
              </span>
            </Cell>
            <Cell
              phone="aside"
              align="right"
              className="whitespace-nowrap max-sm:self-start max-sm:text-base"
            >
              {requests.toLocaleString("en")}
            </Cell>
            <Cell align="right" className="whitespace-nowrap text-muted max-lg:hidden">
              <RelativeTime at={firstAt.getTime()} />
            </Cell>
            <Cell phone="detail" align="right" className="whitespace-nowrap text-muted">
              <RelativeTime at={lastAt.getTime()} />
            </Cell>
          </Row>
        ))}
      </TableBody>
    </Table>
  );
}
