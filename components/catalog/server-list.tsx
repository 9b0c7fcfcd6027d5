import {
  Cell,
  HeaderCell,
  Row,
  RowLink,
  Table,
  TableBody,
  TableHead,
} from "#components/ui/table.tsx";
import type { RiskClass } from "#lib/policy/types.ts";
import { ClassCounts } from "./class-counts.tsx";
import { serverHref } from "./hrefs.ts";

export interface ListedServer {
  slug: string;
  title: string;
  summary: string;
  package: string;
  tools: number;
  tokens: number;
  classes: Record<RiskClass, number>;
}

export function ServerList({ servers }: { servers: readonly ListedServer[] }) {
  return (
    <Table label="Servers">
      <TableHead>
        <HeaderCell>Server</HeaderCell>
        <HeaderCell>Tools by class</HeaderCell>
        <HeaderCell align="right">Tools</HeaderCell>
        <HeaderCell align="right">Tokens, about</HeaderCell>
      </TableHead>
      <TableBody>
        {servers.map((server) => (
          <Row key={server.slug}>
            <Cell phone="title" className="sm:py-2">
              <RowLink href={serverHref(server.slug)}>
                <span className="font-medium">{server.title}</span>
              </RowLink>
              <p className="line-clamp-1 max-w-[72ch] text-muted max-sm:line-clamp-2">
                {server.summary}
              </p>
            </Cell>
            <Cell phone="below">
              <ClassCounts classes={server.classes} />
            </Cell>
            <Cell phone="aside" align="right">
              {server.tools}
              <span className="sm:hidden"> tools</span>
            </Cell>
            <Cell phone="hidden" align="right">
              {server.tokens.toLocaleString("en")}
            </Cell>
          </Row>
        ))}
      </TableBody>
    </Table>
  );
}
