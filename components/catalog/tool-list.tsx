import { clsx } from "clsx";
import { HeaderCell } from "#components/ui/table.tsx";
import type { Category, RiskClass } from "#lib/policy/types.ts";
import { toolHref } from "./hrefs.ts";
import {
  CategoryWord,
  Listing,
  ListingCell,
  ListingRow,
  ListingTitle,
  RiskWord,
} from "./listing.tsx";

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

/** Tools as rows, each leading to its page. */
export function ToolList({ label, tools }: { label: string; tools: readonly ListedTool[] }) {
  const withServer = tools.some(({ serverTitle }) => serverTitle !== null);
  return (
    <Listing
      label={label}
      className={clsx(
        "[&_a]:break-all [&_a]:font-mono",
        withServer && "max-lg:[&_[data-at=end]]:hidden",
      )}
      head={
        <>
          <HeaderCell>Tool</HeaderCell>
          {withServer && <HeaderCell className="w-1/5">Server</HeaderCell>}
          <HeaderCell className="w-30">Category</HeaderCell>
          <HeaderCell className="w-28">Class</HeaderCell>
          <HeaderCell align="right" className={clsx("w-36", withServer && "max-lg:hidden")}>
            Parameters
          </HeaderCell>
        </>
      }
    >
      {tools.map((tool) => (
        <ListingRow key={`${tool.server} ${tool.name}`}>
          <ListingTitle
            href={toolHref(tool.server, tool.name)}
            title={tool.name}
            text={tool.description}
          />
          {withServer && <ListingCell at="detail">{tool.serverTitle}</ListingCell>}
          <ListingCell at="detail">
            <CategoryWord category={tool.category} />
          </ListingCell>
          <ListingCell at="aside">
            <RiskWord risk={tool.riskClass} />
          </ListingCell>
          <ListingCell at="end">{parametersText(tool)}</ListingCell>
        </ListingRow>
      ))}
    </Listing>
  );
}

export function parametersText(tool: { parametersTotal: number; parametersRequired: number }) {
  const { parametersTotal: total, parametersRequired: required } = tool;
  if (total === 0) return "None";
  return required === 0 ? `${total}` : `${total} · ${required} required`;
}
