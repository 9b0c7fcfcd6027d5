import type { CatalogueQuery } from "#components/catalog/search-form.tsx";
import { SearchCatalogue } from "#lib/catalogue/schema.ts";

type Parameters = Record<string, string | string[] | undefined>;

/** The page of a list that the address asks for; what is no page counts as the first. */
export function pageOf(parameters: Parameters): number {
  return SearchCatalogue.shape.page.catch(1).parse(parameters.page || "1");
}

/** What the search form sent. A value that is no category, class or page counts as not chosen. */
export function catalogueQuery(parameters: Parameters) {
  const text = (name: string) => {
    const value = parameters[name];
    return typeof value === "string" ? value.slice(0, 200).replaceAll("\0", "") : "";
  };
  const { shape } = SearchCatalogue;
  const server = shape.server.catch(undefined).parse(text("server") || undefined);
  const category = shape.category.catch(undefined).parse(text("category"));
  const riskClass = shape.riskClass.catch(undefined).parse(text("class"));
  const query = text("q");
  const form: CatalogueQuery = {
    query,
    server: server ?? "",
    category: category ?? "",
    riskClass: riskClass ?? "",
  };
  return {
    form,
    search: {
      query,
      server,
      category,
      riskClass,
      page: pageOf(parameters),
    },
    isSearch: Object.values(form).some((value) => value !== ""),
  };
}

/** `page` 1 is the address without it. */
export function pageHref(
  { query, server, category, riskClass }: CatalogueQuery,
  page: number,
): string {
  const parameters = new URLSearchParams();
  if (query !== "") parameters.set("q", query);
  if (server !== "") parameters.set("server", server);
  if (category !== "") parameters.set("category", category);
  if (riskClass !== "") parameters.set("class", riskClass);
  if (page > 1) parameters.set("page", String(page));
  return parameters.size === 0 ? "/catalog" : `/catalog?${parameters}`;
}
