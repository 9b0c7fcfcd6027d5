import { database } from "#lib/db.ts";
import { parseInput } from "#lib/input.ts";
import type { Category, RiskClass } from "#lib/policy/types.ts";
import { Prisma } from "#prisma/client.ts";
import { SearchCatalogue } from "./schema.ts";

/** A tool in a list of the catalogue. */
export interface CatalogueToolRow {
  server: string;
  serverTitle: string;
  name: string;
  /** The first 300 characters. */
  description: string;
  category: Category;
  riskClass: RiskClass;
  parametersTotal: number;
  parametersRequired: number;
}

export interface CatalogueFound {
  tools: CatalogueToolRow[];
  total: number;
  page: number;
  pages: number;
}

export const toolsPerPage = 50;

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
  const tools = await database().$queryRaw<CatalogueToolRow[]>`
    select t.server_slug as server, s.title as "serverTitle", t.name,
      left(coalesce(t.definition ->> 'description', ''), 300) as description, t.category,
      t.risk_class as "riskClass", t.parameters_total as "parametersTotal",
      t.parameters_required as "parametersRequired"
    from catalog_tools t join catalog_servers s on s.slug = t.server_slug
    where ${wanted}
    order by case when ${terms} = '' then 0 else -ts_rank(t.search, to_tsquery('simple', ${terms})) end,
      array_position(array['critical', 'high', 'medium', 'low'], t.risk_class), t.name, t.server_slug
    limit ${toolsPerPage} offset ${(page - 1) * toolsPerPage}`;
  return { tools, total, page, pages: Math.ceil(total / toolsPerPage) };
}
