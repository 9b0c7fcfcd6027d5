import { curatedTools } from "#lib/catalog/curated.ts";
import { database } from "#lib/db.ts";
import { AppError } from "#lib/errors.ts";
import { parseInput } from "#lib/input.ts";
import type { Category, RiskClass } from "#lib/policy/types.ts";
import { Prisma } from "#prisma/client.ts";
import { CatalogueServerInput, CatalogueToolInput } from "./schema.ts";
import { compareVersions } from "./versions.ts";

/** A server in the list of the catalogue. */
export interface CatalogueServerRow {
  slug: string;
  title: string;
  summary: string;
  ecosystem: string;
  package: string;
  version: string;
  tools: number;
  tokens: number;
  classes: Record<RiskClass, number>;
}

export interface CatalogueEvidence {
  source: string;
  quote: string;
  meaning: string;
}

/** A tool with everything its page says. */
export interface CatalogueToolDetail {
  name: string;
  definition: Record<string, unknown>;
  category: Category;
  riskClass: RiskClass;
  confidence: number;
  signals: string[];
  rationale: string;
  evidence: CatalogueEvidence[];
  parametersTotal: number;
  parametersRequired: number;
  tokens: number;
}

/** A server of the catalogue with its tools, the worst first. */
export interface CatalogueServerDetail {
  slug: string;
  title: string;
  summary: string;
  ecosystem: string;
  package: string;
  version: string;
  /** The day, as YYYY-MM-DD. */
  recordedAt: string;
  command: string;
  homepage: string | null;
  license: string | null;
  protocolRevision: string | null;
  tools: CatalogueToolDetail[];
}

export interface CatalogueToolPage {
  server: Omit<CatalogueServerDetail, "tools"> & { toolCount: number };
  tool: CatalogueToolDetail;
  /** Which tools the server has of those that a curated proposal is about. */
  curated: string[];
  /** Of the same server: same category first, then the worst; at most 6. */
  related: Pick<CatalogueToolDetail, "name" | "category" | "riskClass">[];
  /** Recorded versions of the package, oldest first, and whether the definition changed in each. */
  versions: { version: string; recordedAt: string; changed: boolean }[];
}

/** A row's columns, of a server `s` and all its tools `t`. */
export const serverRowColumns = Prisma.sql`
  s.slug, s.title, s.summary, s.ecosystem, s.package, s.version,
  count(t.name)::int as tools, coalesce(sum(t.tokens), 0)::int as tokens,
  json_build_object(
    'low', count(*) filter (where t.risk_class = 'low'),
    'medium', count(*) filter (where t.risk_class = 'medium'),
    'high', count(*) filter (where t.risk_class = 'high'),
    'critical', count(*) filter (where t.risk_class = 'critical')) as classes`;

/** Every server of the public catalogue (no tenant), by title. */
export async function listCatalogueServers(): Promise<CatalogueServerRow[]> {
  return database().$queryRaw<CatalogueServerRow[]>`
    select ${serverRowColumns}
    from catalog_servers s left join catalog_tools t on t.server_slug = s.slug
    group by s.slug order by lower(s.title), s.slug`;
}

/** Every page of the catalogue, for the sitemap: servers with the names of their tools. */
export async function listCataloguePages(): Promise<
  { slug: string; recordedAt: Date; tools: string[] }[]
> {
  const servers = await database().catalogServer.findMany({
    orderBy: { slug: "asc" },
    select: {
      slug: true,
      recordedAt: true,
      tools: { orderBy: { position: "asc" }, select: { name: true } },
    },
  });
  return servers.map(({ tools, ...server }) => ({
    ...server,
    tools: tools.map(({ name }) => name),
  }));
}

/** @throws AppError `not_found` */
export async function getCatalogueServer(input: unknown): Promise<CatalogueServerDetail> {
  const { server: slug } = parseInput(CatalogueServerInput, input);
  const server = await findServer(slug);
  const tools = await database().$queryRaw<CatalogueToolDetail[]>`
    select name, definition, category, risk_class as "riskClass", confidence, signals, rationale, evidence,
      parameters_total as "parametersTotal", parameters_required as "parametersRequired", tokens
    from catalog_tools where server_slug = ${slug}
    order by array_position(array['critical', 'high', 'medium', 'low'], risk_class),
      array_position(array['financial', 'destructive', 'execute', 'write', 'read'], category), position`;
  return { ...server, tools };
}

/** @throws AppError `not_found` */
export async function getCatalogueTool(input: unknown): Promise<CatalogueToolPage> {
  const { server: slug, tool: name } = parseInput(CatalogueToolInput, input);
  const server = await findServer(slug);
  const [[tool], related, versions, toolCount, curated] = await Promise.all([
    database().$queryRaw<CatalogueToolDetail[]>`
      select name, definition, category, risk_class as "riskClass", confidence, signals, rationale, evidence,
        parameters_total as "parametersTotal", parameters_required as "parametersRequired", tokens
      from catalog_tools where server_slug = ${slug} and name = ${name}`,
    database().$queryRaw<CatalogueToolPage["related"]>`
      select t.name, t.category, t.risk_class as "riskClass"
      from catalog_tools t, catalog_tools this
      where this.server_slug = ${slug} and this.name = ${name} and t.server_slug = ${slug} and t.name <> ${name}
      order by t.category <> this.category,
        array_position(array['critical', 'high', 'medium', 'low'], t.risk_class), t.position
      limit 6`,
    database().catalogToolVersion.findMany({
      where: { package: server.package, tool: name },
      select: { version: true, recordedAt: true, digest: true },
    }),
    database().catalogTool.count({ where: { serverSlug: slug } }),
    database().$queryRaw<{ name: string }[]>`
      select name from catalog_tools where server_slug = ${slug} and name = any(${curatedTools})`,
  ]);
  if (!tool) {
    throw new AppError(
      "not_found",
      `The catalogue has no tool ${name} of ${server.title}. Search the catalogue for it.`,
    );
  }
  return {
    server: { ...server, toolCount },
    tool,
    curated: curated.map(({ name: offered }) => offered),
    related,
    versions: inOrder(versions),
  };
}

function inOrder(
  versions: readonly { version: string; recordedAt: Date; digest: string }[],
): CatalogueToolPage["versions"] {
  return versions
    .toSorted((one, other) => compareVersions(one.version, other.version))
    .map(({ version, recordedAt, digest }, at, all) => ({
      version,
      recordedAt: dayOf(recordedAt),
      changed: digest !== (all[at - 1]?.digest ?? digest),
    }));
}

/** A server of the catalogue without its tools; null when there is none of this name. */
export async function findCatalogueServer(
  slug: string,
): Promise<Omit<CatalogueServerDetail, "tools"> | null> {
  const found = await database().catalogServer.findUnique({
    where: { slug },
    omit: { digest: true, policy: true },
  });
  return found && { ...found, recordedAt: dayOf(found.recordedAt) };
}

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}

/** The same, where there has to be one. @throws AppError `not_found` */
export async function findServer(slug: string): Promise<Omit<CatalogueServerDetail, "tools">> {
  const server = await findCatalogueServer(slug);
  if (!server) throw notInCatalogue();
  return server;
}

export function notInCatalogue(): AppError {
  return new AppError(
    "not_found",
    "The catalogue has no such server. Search the catalogue for it.",
  );
}
