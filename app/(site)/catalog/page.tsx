import type { Metadata } from "next";
import { CatalogueSearchForm } from "#components/catalog/search-form.tsx";
import { ServerList } from "#components/catalog/server-list.tsx";
import { ToolList } from "#components/catalog/tool-list.tsx";
import { NoMatch } from "#components/ui/empty-state.tsx";
import { Pagination } from "#components/ui/pagination.tsx";
import { listCatalogueServers } from "#lib/catalogue/read.ts";
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
  const servers = await listCatalogueServers();
  const toolCount = servers.reduce((sum, { tools }) => sum + tools, 0);
  const found = isSearch ? await searchCatalogue(search) : null;
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
      {found === null ? (
        <ServerList servers={servers} />
      ) : found.total === 0 ? (
        <NoMatch what="tools" clearHref="/catalog" />
      ) : (
        <section aria-label="Found" className="grid gap-4">
          <h2 className="font-semibold text-lg">
            {found.total.toLocaleString("en")} {found.total === 1 ? "tool" : "tools"}
          </h2>
          <ToolList label="Tools found" tools={found.tools} />
          <Pagination
            what="tools"
            summary={`Page ${found.page} of ${found.pages}`}
            {...(found.page > 1 && { newerHref: pageHref(form, found.page - 1) })}
            {...(found.page < found.pages && { olderHref: pageHref(form, found.page + 1) })}
          />
        </section>
      )}
    </div>
  );
}
