import type { Metadata } from "next";
import { CatalogueSearchForm } from "#components/catalog/search-form.tsx";
import { ServerList } from "#components/catalog/server-list.tsx";
import { ToolList } from "#components/catalog/tool-list.tsx";
import { NoMatch } from "#components/ui/empty-state.tsx";
import { FilterChip } from "#components/ui/filter-chip.tsx";
import { Pagination } from "#components/ui/pagination.tsx";
import { listCatalogueServers } from "#lib/catalogue/read.ts";
import { searchCatalogue } from "#lib/catalogue/search.ts";
import { catalogueQuery, pageHref } from "./query.ts";

const serversPerPage = 50;

export const metadata: Metadata = {
  title: "MCP tool catalogue",
  description:
    "What every tool of the common MCP servers can do, how dangerous it is, and why: category, risk class, evidence and a proposed rule.",
  alternates: { canonical: "/catalog" },
};

export default async function CataloguePage({ searchParams }: PageProps<"/catalog">) {
  const { form, search, isSearch } = catalogueQuery(await searchParams);
  const servers = await listCatalogueServers();
  const toolCount = servers.reduce((sum, { tools }) => sum + tools, 0);
  const found = isSearch ? await searchCatalogue(search) : null;
  const listed = servers.slice((search.page - 1) * serversPerPage, search.page * serversPerPage);
  const searched = servers.find(({ slug }) => slug === search.server);
  const { page, pages } = found ?? {
    page: search.page,
    pages: Math.ceil(servers.length / serversPerPage),
  };
  const paging = pages > 1 && (
    <Pagination
      what={found === null ? "servers" : "tools"}
      summary={`Page ${page} of ${pages}`}
      {...(page > 1 && { newerHref: pageHref(form, page - 1) })}
      {...(page < pages && { olderHref: pageHref(form, page + 1) })}
    />
  );
  return (
    <div className="grid gap-8">
      <header className="grid gap-2">
        <h1 className="font-semibold text-2xl tracking-tight">MCP tool catalogue</h1>
        <p className="max-w-[72ch] text-base text-muted">
          {toolCount.toLocaleString("en")} tools of {servers.length} servers, recorded from their
          real packages. Each with its category, risk class, the evidence for both, and a rule to
          begin with.
        </p>
      </header>
      <CatalogueSearchForm values={form} />
      {form.server !== "" && (
        <div>
          <FilterChip
            label="Server"
            value={searched?.title ?? form.server}
            removeHref={pageHref({ ...form, server: "" }, 1)}
          />
        </div>
      )}
      {found === null ? (
        <div className="grid gap-4">
          <ServerList servers={listed} />
          {paging}
        </div>
      ) : found.total === 0 ? (
        <NoMatch what="tools" clearHref="/catalog" />
      ) : (
        <section aria-label="Found" className="grid gap-4">
          <h2 className="font-semibold text-lg">
            {found.total.toLocaleString("en")} {found.total === 1 ? "tool" : "tools"}
          </h2>
          <ToolList label="Tools found" tools={found.tools} />
          {paging}
        </section>
      )}
    </div>
  );
}
