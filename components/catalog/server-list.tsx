import { HeaderCell } from "#components/ui/table.tsx";
import type { RiskClass } from "#lib/policy/types.ts";
import { ClassCounts } from "./class-counts.tsx";
import { serverHref } from "./hrefs.ts";
import { Listing, ListingCell, ListingRow, ListingTitle } from "./listing.tsx";

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
    <Listing
      label="Servers"
      head={
        <>
          <HeaderCell>Server</HeaderCell>
          <HeaderCell className="w-96">Tools by class</HeaderCell>
          <HeaderCell align="right" className="w-20">
            Tools
          </HeaderCell>
          <HeaderCell align="right" className="w-32">
            Tokens, about
          </HeaderCell>
        </>
      }
    >
      {servers.map((server) => (
        <ListingRow key={server.slug}>
          <ListingTitle href={serverHref(server.slug)} title={server.title} text={server.summary} />
          <ListingCell at="below">
            <ClassCounts classes={server.classes} />
          </ListingCell>
          <ListingCell at="aside" className="sm:text-right sm:tabular-nums">
            {server.tools}
            <span className="sm:hidden"> tools</span>
          </ListingCell>
          <ListingCell at="end">{server.tokens.toLocaleString("en")}</ListingCell>
        </ListingRow>
      ))}
    </Listing>
  );
}
