import { clsx } from "clsx";
import { CategoryLabel } from "#components/category-label.tsx";
import { RiskMeter } from "#components/risk-meter.tsx";
import {
  Cell,
  HeaderCell,
  Row,
  RowLink,
  Table,
  TableBody,
  TableHead,
} from "#components/ui/table.tsx";
import type { Category, RiskClass } from "#lib/policy/types.ts";
import { toolHref } from "./hrefs.ts";

export interface ListedTool {
  server: string;
  /** Null where the whole list is of one server. */
  serverTitle: string | null;
  name: string;
  description: string;
  category: Category;
  riskClass: RiskClass;
  parametersTotal: number;
  parametersRequired: number;
}

/** Tools as rows, each leading to its page. The columns keep their width while rows arrive. */
export function ToolList({ label, tools }: { label: string; tools: readonly ListedTool[] }) {
  const withServer = tools.some(({ serverTitle }) => serverTitle !== null);
  return (
    <Table label={label} className="sm:table-fixed">
      <TableHead>
        <HeaderCell>Tool</HeaderCell>
        {withServer && <HeaderCell className="w-1/5">Server</HeaderCell>}
        <HeaderCell className="w-30">Category</HeaderCell>
        <HeaderCell className="w-28">Class</HeaderCell>
        <HeaderCell align="right" className={clsx("w-36", withServer && "max-lg:hidden")}>
          Parameters
        </HeaderCell>
      </TableHead>
      <TableBody>
        {tools.map((tool) => (
          <Row key={`${tool.server} ${tool.name}`}>
            <Cell phone="title" className="sm:py-2">
              <RowLink href={toolHref(tool.server, tool.name)}>
                <span className="break-all font-medium font-mono">{tool.name}</span>
              </RowLink>
              {tool.description !== "" && (
                <p className="line-clamp-1 max-w-[72ch] break-words text-muted max-sm:line-clamp-2">
                  {tool.description}
                </p>
              )}
            </Cell>
            {withServer && <Cell phone="detail">{tool.serverTitle}</Cell>}
            <Cell phone="detail">
              <CategoryLabel category={tool.category} />
            </Cell>
            <Cell phone="aside">
              <RiskMeter risk={tool.riskClass} />
            </Cell>
            <Cell phone="hidden" align="right" className={clsx(withServer && "max-lg:hidden")}>
              <span className="whitespace-nowrap">{parametersText(tool)}</span>
            </Cell>
          </Row>
        ))}
      </TableBody>
    </Table>
  );
}

export function parametersText(tool: { parametersTotal: number; parametersRequired: number }) {
  const { parametersTotal: total, parametersRequired: required } = tool;
  if (total === 0) return "None";
  return required === 0 ? `${total}` : `${total} · ${required} required`;
}
