import { database } from "#lib/db.ts";
import { parseInput } from "#lib/input.ts";
import { Prisma } from "#prisma/client.ts";
import { type CatalogueToolRow, perPage, toolColumns } from "./lists.ts";
import { SearchCatalogue } from "./schema.ts";

export interface CatalogueFound {
  tools: CatalogueToolRow[];
  total: number;
  page: number;
  pages: number;
}

/**
 * Tools of the public catalogue (no tenant) that have every word of the query at the beginning of a
 * word of theirs; matches of the name first, then the worst.
 */
export async function searchCatalogue(input: unknown): Promise<CatalogueFound> {
  const { query, server, category, riskClass, page } = parseInput(SearchCatalogue, input);
  const words = query.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const terms = words.map((word) => `${word}:*`).join(" & ");
  if (query !== "" && terms === "") return { tools: [], total: 0, page: 1, pages: 0 };
  const wanted = Prisma.sql`
    (${terms} = '' or t.search @@ to_tsquery('simple', ${terms}))
    and (${server ?? null}::text is null or t.server_slug = ${server ?? null})
    and (${category ?? null}::text is null or t.category = ${category ?? null})
    and (${riskClass ?? null}::text is null or t.risk_class = ${riskClass ?? null})`;
  const [counted] = await database().$queryRaw<{ total: number }[]>`
    select count(*)::int as total from catalog_tools t where ${wanted}`;
  const total = counted?.total ?? 0;
  // Found first and read then: a definition is unpacked for the rows of this page only.
  const tools = await database().$queryRaw<CatalogueToolRow[]>`
    with found as materialized (
      select t.server_slug, t.name, row_number() over (order by
        case when ${terms} = '' then 0 else -ts_rank(t.search, to_tsquery('simple', ${terms})) end,
        array_position(array['critical', 'high', 'medium', 'low'], t.risk_class), t.name, t.server_slug) as place
      from catalog_tools t where ${wanted}
      order by place limit ${perPage} offset ${(page - 1) * perPage})
    select t.server_slug as server, s.title as "serverTitle", t.name, ${toolColumns}
    from found join catalog_tools t using (server_slug, name) join catalog_servers s on s.slug = t.server_slug
    order by found.place`;
  return { tools, total, page, pages: Math.ceil(total / perPage) };
}
