import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { PrismaPg } from "@prisma/adapter-pg";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import type { MigrationList, SchemaEngine } from "@prisma/schema-engine-wasm";
import pg from "pg";
import { renewDigests } from "./renew-digests.ts";

const prismaFolder = join(dirname(fileURLToPath(import.meta.url)), "../../prisma");
const noFilter = { externalTables: [], externalEnums: [] };

/**
 * Brings the database to the schema of this checkout: creates it when it is missing, then applies
 * the migrations that it lacks, on Prisma's own engine compiled to WebAssembly (the native engine
 * is a download that many networks block). `_prisma_migrations` stays what `prisma migrate deploy`
 * would write.
 *
 * @returns the names of the migrations applied now
 */
export async function migrate(url: string): Promise<string[]> {
  await createDatabase(url);
  const lock = new pg.Client({ connectionString: url });
  await lock.connect();
  try {
    // Two starts at once would apply the same migration twice.
    await lock.query("select pg_advisory_lock(hashtext('callgate.migrate'))");
    return await withEngine(url, async (engine) => {
      const migrationsList = readMigrations();
      const done = await engine.applyMigrations({ migrationsList, filters: noFilter });
      const applied = done.appliedMigrationNames;
      if (applied.includes("20261122000029_whole_definitions")) await renewDigests(lock);
      return applied;
    });
  } finally {
    await lock.end();
  }
}

/** SQL that makes the tables of the schema file in an empty database, to write migrations from. */
export function schemaSql(url: string): Promise<string> {
  return withEngine(url, async (engine) => {
    const result = await engine.diff({
      from: { tag: "empty" },
      to: { tag: "schemaDatamodel", ...schemaFiles(join(prismaFolder, "schema.prisma")) },
      script: true,
      exitCode: null,
      filters: noFilter,
    });
    return result.stdout ?? "";
  });
}

function schemaFiles(path: string) {
  return { files: [{ path, content: readFileSync(path, "utf8") }] };
}

/** Prisma's adapter cuts scripts at every semicolon, also inside function bodies. */
class WholeScripts extends PrismaPg {
  readonly opened: { dispose(): Promise<void> }[] = [];

  override async connect() {
    const adapter = await super.connect();
    this.opened.push(adapter);
    adapter.executeScript = async (script) => {
      await adapter.underlyingDriver().query(script);
    };
    return adapter;
  }
}

async function createDatabase(url: string): Promise<void> {
  const target = new URL(url);
  const name = decodeURIComponent(target.pathname.slice(1));
  target.pathname = "/postgres";
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    await client.end();
    return;
  } catch (error) {
    // 3D000: the database does not exist. Anything else is for the caller to read.
    if (!(error instanceof pg.DatabaseError) || error.code !== "3D000") throw error;
  }
  const maintenance = new pg.Client({ connectionString: target.toString() });
  await maintenance.connect();
  await maintenance.query(`create database ${maintenance.escapeIdentifier(name)}`);
  await maintenance.end();
}

/** The bindings hold one instance in module state; a second one would read the first one's memory. */
let bindingsOnce: ReturnType<typeof loadBindings> | undefined;

async function loadBindings() {
  const require = createRequire(import.meta.url);
  const folder = dirname(require.resolve("@prisma/schema-engine-wasm"));
  const bindings = await import("@prisma/schema-engine-wasm/schema_engine_bg");
  const bytes = readFileSync(join(folder, "schema_engine_bg.wasm"));
  const { instance } = await WebAssembly.instantiate(bytes, { "./schema_engine_bg.js": bindings });
  bindings.__wbg_set_wasm(instance.exports);
  const start = instance.exports.__wbindgen_start;
  if (typeof start === "function") start();
  return bindings;
}

async function withEngine<T>(url: string, use: (engine: SchemaEngine) => Promise<T>): Promise<T> {
  bindingsOnce ??= loadBindings();
  const bindings = await bindingsOnce;
  const adapters = new WholeScripts({ connectionString: url });
  const datamodel = readFileSync(join(prismaFolder, "schema.prisma"), "utf8");
  const engine = await bindings.SchemaEngine.new(
    { datamodels: [["schema.prisma", datamodel]] },
    () => {},
    bindMigrationAwareSqlAdapterFactory(adapters),
  );
  try {
    return await use(engine);
  } finally {
    await Promise.all(adapters.opened.map((adapter) => adapter.dispose()));
  }
}

function readMigrations(): MigrationList {
  const baseDir = join(prismaFolder, "migrations");
  const directories = readdirSync(baseDir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  return {
    baseDir,
    lockfile: { path: "migration_lock.toml", content: 'provider = "postgresql"\n' },
    shadowDbInitScript: "",
    migrationDirectories: directories.map((path) => ({
      path,
      migrationFile: {
        path: "migration.sql",
        content: {
          tag: "ok" as const,
          value: readFileSync(join(baseDir, path, "migration.sql"), "utf8"),
        },
      },
    })),
  };
}
