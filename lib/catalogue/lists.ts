import { database } from "#lib/db.ts";
import { parseInput } from "#lib/input.ts";
import type { Category, RiskClass } from "#lib/policy/types.ts";
import { Prisma } from "#prisma/client.ts";
import {
  type CatalogueServerDetail,
  type CatalogueServerRow,
  findServer,
  notInCatalogue,
  serverRowColumns,
} from "./read.ts";
import { CataloguePageInput, CatalogueServerPageInput } from "./schema.ts";

/** A tool in a list of the catalogue. */
export interface CatalogueToolRow {
  server: string;
  serverTitle: string;
  name: string;
  /** What a row has room for: the first 160 characters. */
  description: string;
  category: Category;
  riskClass: RiskClass;
  parametersTotal: number;
  parametersRequired: number;
}

/** Entries of a list on one page. */
export const perPage = 50;

/** What a row says of the tool `t` beside its name. */
export const toolColumns = Prisma.sql`
  left(btrim(coalesce(t.definition ->> 'description', ''), E' \\n\\r\\t'), 160) as description, t.category,
  t.risk_class as "riskClass", t.parameters_total as "parametersTotal",
  t.parameters_required as "parametersRequired"`;

/** How much the catalogue holds. */
export interface CatalogueSize {
  servers: number;
  tools: number;
}

/** Servers and tools of the public catalogue (no tenant). */
export async function countCatalogue(): Promise<CatalogueSize> {
  const [servers, tools] = await Promise.all([
    database().catalogServer.count(),
    database().catalogTool.count(),
  ]);
  return { servers, tools };
}

/** One page of the servers of the public catalogue (no tenant), by title; none behind the last page. */
export async function listCatalogueServerPage(input: unknown): Promise<CatalogueServerRow[]> {
  const { page } = parseInput(CataloguePageInput, input);
  return database().$queryRaw<CatalogueServerRow[]>`
    select ${serverRowColumns}
    from (
      select * from catalog_servers order by lower(title), slug limit ${perPage} offset ${(page - 1) * perPage}
    ) s left join catalog_tools t on t.server_slug = s.slug
    group by s.slug, s.title, s.summary, s.ecosystem, s.package, s.version
    order by lower(s.title), s.slug`;
}

/** A server with one page of its tools, the worst first. */
export interface CatalogueServerPage {
  server: Omit<CatalogueServerDetail, "tools">;
  /** What it says of all its tools. */
  summary: Pick<CatalogueServerRow, "tools" | "tokens" | "classes">;
  /** The proposed policy of all its tools, as YAML. */
  policy: string;
  tools: Omit<CatalogueToolRow, "server" | "serverTitle">[];
  page: number;
  pages: number;
}

/** @throws AppError `not_found` */
export async function getCatalogueServerPage(input: unknown): Promise<CatalogueServerPage> {
  const { server: slug, page } = parseInput(CatalogueServerPageInput, input);
  const server = await findServer(slug);
  const [[row], tools] = await Promise.all([
    database().$queryRaw<(CatalogueServerRow & { policy: string })[]>`
      select ${serverRowColumns}, s.policy
      from catalog_servers s left join catalog_tools t on t.server_slug = s.slug
      where s.slug = ${slug} group by s.slug`,
    database().$queryRaw<CatalogueServerPage["tools"]>`
      with found as materialized (
        select t.server_slug, t.name, row_number() over (order by
          array_position(array['critical', 'high', 'medium', 'low'], t.risk_class),
          array_position(array['financial', 'destructive', 'execute', 'write', 'read'], t.category), t.position) as place
        from catalog_tools t where t.server_slug = ${slug}
        order by place limit ${perPage} offset ${(page - 1) * perPage})
      select t.name, ${toolColumns} from found join catalog_tools t using (server_slug, name)
      order by found.place`,
  ]);
  if (row === undefined) throw notInCatalogue();
  const { policy, tools: count, tokens, classes } = row;
  return {
    server,
    summary: { tools: count, tokens, classes },
    policy,
    tools,
    page,
    pages: Math.ceil(count / perPage),
  };
}
