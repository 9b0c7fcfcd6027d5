import { createHash } from "node:crypto";
import { parameterSummary } from "#lib/catalog/parameters.ts";
import { definitionTokens } from "#lib/catalog/tokens.ts";
import { database, type Transaction } from "#lib/db.ts";
import { classificationOf, parseDefinition, readDefinition } from "#lib/tools/definition.ts";
import { RecordedServer, recordedFiles } from "./recorded.ts";
import { proposedPolicy } from "./tool-text.ts";
import { worstFirst } from "./worst-first.ts";

export interface CatalogueImport {
  servers: number;
  tools: number;
  /** Files that were as they had been imported before. */
  unchanged: number;
}

/**
 * Brings the stored catalogue in line with the recorded files (no tenant): adds, replaces, removes.
 * Can be run again at any time; versions of tools seen earlier are kept.
 *
 * @throws when a file is no recording, naming it; nothing has changed then
 */
export async function importCatalogue(files = recordedFiles()): Promise<CatalogueImport> {
  const entries = files.map(({ name, text }) => readEntry(name, text));
  return database().$transaction(
    async (transaction) => {
      // Two processes that start at once import one after the other.
      await transaction.$executeRaw`select pg_advisory_xact_lock(hashtext('callgate.catalogue'))`;
      const stored = await transaction.catalogServer.findMany({
        select: { slug: true, digest: true },
      });
      const known = new Map(stored.map(({ slug, digest }) => [slug, digest]));
      const slugs = entries.map(({ server }) => server.slug);
      await transaction.catalogServer.deleteMany({ where: { slug: { notIn: slugs } } });
      const changed = entries.filter(({ server, digest }) => known.get(server.slug) !== digest);
      for (const entry of changed) await replaceServer(transaction, entry);
      return {
        servers: entries.length,
        tools: await transaction.catalogTool.count(),
        unchanged: entries.length - changed.length,
      };
    },
    { timeout: 120_000 },
  );
}

interface Entry {
  server: Omit<RecordedServer, "tools"> & { policy: string };
  tools: ReturnType<typeof rowOf>[];
  /** Of everything that is stored, so that a better classifier changes it as a new recording does. */
  digest: string;
}

function readEntry(name: string, text: string): Entry {
  const { tools: raw, ...recorded } = readRecording(name, text);
  const rows = new Map(
    raw.flatMap((definition, position) => {
      const read = readDefinition(definition);
      return read ? [[read.name, rowOf(recorded.slug, position, read)] as const] : [];
    }),
  );
  const tools = [...rows.values()];
  const server = { ...recorded, policy: proposedPolicy(worstFirst(tools)) };
  const digest = createHash("sha256")
    .update(JSON.stringify([server, tools]))
    .digest("hex");
  return { server, tools, digest };
}

function readRecording(name: string, text: string): RecordedServer {
  try {
    return RecordedServer.parse(JSON.parse(text));
  } catch (error) {
    throw new Error(`catalog/recorded/${name} is not a recording of a server's tools`, {
      cause: error,
    });
  }
}

async function replaceServer(
  transaction: Transaction,
  { server, tools, digest }: Entry,
): Promise<void> {
  const { slug } = server;
  const recordedAt = new Date(server.recordedAt);
  await transaction.catalogServer.deleteMany({ where: { slug } });
  await transaction.catalogServer.create({ data: { ...server, recordedAt, digest } });
  await transaction.catalogTool.createMany({ data: tools });
  await transaction.catalogToolVersion.createMany({
    data: tools.map((tool) => ({
      package: server.package,
      tool: tool.name,
      version: server.version,
      digest: tool.digest,
      recordedAt,
    })),
    skipDuplicates: true,
  });
  // Names are split at underscores and capitals, so that "api key" finds create_api_key.
  await transaction.$executeRaw`
    update catalog_tools set search =
      setweight(to_tsvector('simple', regexp_replace(name, '([a-z0-9])([A-Z])|[^A-Za-z0-9]+', '\\1 \\2', 'g') || ' ' || name), 'A')
      || setweight(to_tsvector('simple', ${`${server.title} ${server.package}`}), 'B')
      || setweight(to_tsvector('simple', left(coalesce(definition ->> 'description', ''), 4000)), 'C')
    where server_slug = ${slug}`;
}

function rowOf(
  serverSlug: string,
  position: number,
  { name, definition, digest }: NonNullable<ReturnType<typeof readDefinition>>,
) {
  const parsed = parseDefinition(definition);
  const parameters = parameterSummary(parsed.inputSchema);
  return {
    serverSlug,
    name,
    position,
    definition,
    digest,
    ...classificationOf(definition, false),
    parametersTotal: parameters.total,
    parametersRequired: parameters.required,
    tokens: definitionTokens(parsed),
  };
}
