import { Badge } from "#components/ui/badge.tsx";
import { Sparkline } from "#components/ui/sparkline.tsx";
import {
  Cell,
  HeaderCell,
  Row,
  RowLink,
  Table,
  TableBody,
  TableHead,
} from "#components/ui/table.tsx";
import type { ServerRow } from "#lib/servers/rows.ts";
import { HealthDot } from "./server-health.tsx";

/** Every server of an org, what it offers and how its last day went. */
export function ServersTable({ servers, base }: { servers: readonly ServerRow[]; base: string }) {
  return (
    <Table label="Servers">
      <TableHead>
        <HeaderCell>Name</HeaderCell>
        <HeaderCell>Health</HeaderCell>
        <HeaderCell className="max-lg:hidden">Reached by</HeaderCell>
        <HeaderCell align="right">Tools</HeaderCell>
        <HeaderCell align="right">Agents</HeaderCell>
        <HeaderCell align="right">Calls, 24 h</HeaderCell>
        <HeaderCell align="right">Refused</HeaderCell>
        <HeaderCell align="right" className="max-md:hidden">
          Last day
        </HeaderCell>
      </TableHead>
      <TableBody>
        {servers.map((server) => (
          <Row key={server.id}>
            <Cell phone="title" className="w-1/4 sm:max-w-0">
              <RowLink href={`${base}/${server.slug}`} title={server.name}>
                {server.name}
              </RowLink>
            </Cell>
            <Cell phone="aside">
              <span title={server.healthDetail ?? undefined}>
                <HealthDot server={server} />
              </span>
            </Cell>
            <Cell className="w-1/3 truncate text-muted max-lg:hidden sm:max-w-0">
              <span className={server.kind === "url" ? "font-mono text-xs" : undefined}>
                {server.url ?? `Connector ${server.connector}`}
              </span>
            </Cell>
            <Cell align="right" phone="detail">
              <span className="inline-flex items-center gap-2">
                {server.heldTools > 0 && <Badge tone="caution">{server.heldTools} held</Badge>}
                <span>
                  {server.tools}
                  <span className="sm:sr-only">{server.tools === 1 ? " tool" : " tools"}</span>
                </span>
              </span>
            </Cell>
            <Cell align="right" phone="detail">
              {server.agents}
              <span className="sm:sr-only">{server.agents === 1 ? " agent" : " agents"}</span>
            </Cell>
            <Cell align="right" phone="detail">
              {server.calls24h.toLocaleString("en")}
              <span className="sm:sr-only">{server.calls24h === 1 ? " call" : " calls"}</span>
            </Cell>
            <Cell align="right">
              {server.refused24h > 0 ? (
                <span className="text-danger">{server.refused24h.toLocaleString("en")}</span>
              ) : (
                <span className="text-muted">0</span>
              )}
            </Cell>
            <Cell align="right" className="max-md:hidden">
              <span className="inline-flex justify-end">
                <Sparkline
                  values={server.hourly}
                  label={`${server.calls24h} calls, ${server.refused24h} refused in 24 hours`}
                />
              </span>
            </Cell>
          </Row>
        ))}
      </TableBody>
    </Table>
  );
}
