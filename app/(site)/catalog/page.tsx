import type { Metadata } from "next";
import { PageLinks } from "#components/catalog/page-links.tsx";
import { CatalogueSearchForm } from "#components/catalog/search-form.tsx";
import { ServerList } from "#components/catalog/server-list.tsx";
import { ToolList } from "#components/catalog/tool-list.tsx";
import { NoMatch } from "#components/ui/empty-state.tsx";
import { FilterChip } from "#components/ui/filter-chip.tsx";
import { countCatalogue, listCatalogueServerPage, perPage } from "#lib/catalogue/lists.ts";
import { findCatalogueServer } from "#lib/catalogue/read.ts";
import { searchCatalogue } from "#lib/catalogue/search.ts";
import { catalogueQuery, pageHref } from "./query.ts";

export const metadata: Metadata = {
  title: "MCP tool catalogue",
  description:
    "What every tool of the common MCP servers can do, how dangerous it is, and why: category, risk class, evidence and a proposed rule.",
  alternates: { canonical: "/catalog" },
};

export default async function CataloguePage({ searchParams }: PageProps<"/catalog">) {
  const { form, search, isSearch } = catalogueQuery(await searchParams);
  const [size, found, servers, searched] = await Promise.all([
    countCatalogue(),
    isSearch ? searchCatalogue(search) : null,
    isSearch ? [] : listCatalogueServerPage({ page: search.page }),
    search.server === undefined ? null : findCatalogueServer(search.server),
  ]);
  const pages = found === null ? Math.ceil(size.servers / perPage) : found.pages;
  const paging = (
    <PageLinks
      what={found === null ? "servers" : "tools"}
      page={search.page}
      pages={pages}
      href={(page) => pageHref(form, page)}
    />
  );
  return (
    <div className="grid gap-8">
      <header className="grid gap-2">
        <h1 className="font-semibold text-2xl tracking-tight">MCP tool catalogue</h1>
        <p className="max-w-[72ch] text-base text-muted">
          {size.tools.toLocaleString("en")} tools of {size.servers.toLocaleString("en")} servers,
          recorded from their real packages. Each with its category, risk class, the evidence for
          both, and a rule to begin with.
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
          <ServerList servers={servers} />
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
