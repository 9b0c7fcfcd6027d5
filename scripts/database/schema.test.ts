import pg from "pg";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { schemaSql } from "./migrate.ts";

const migrated = new pg.Client({ connectionString: process.env.DATABASE_URL });
const maintenance = new pg.Client({ connectionString: inject("maintenanceUrl") });
const name = `schema_${process.pid}`;
const url = new URL(inject("maintenanceUrl"));
url.pathname = `/${name}`;

beforeAll(async () => {
  await migrated.connect();
  await maintenance.connect();
  await maintenance.query(`create database ${name}`);
});

afterAll(async () => {
  await migrated.end();
  await maintenance.query(`drop database ${name} with (force)`);
  await maintenance.end();
});

/** Columns, keys and indexes; partitions count as their parent, which has the same. */
async function catalogOf(client: pg.Client) {
  const columns = await client.query(`
    select c.relname as "table", a.attname as "column", format_type(a.atttypid, a.atttypmod) as type, a.attnotnull
    from pg_attribute a join pg_class c on c.oid = a.attrelid
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
      and a.attnum > 0 and not a.attisdropped and c.relname <> '_prisma_migrations'
    order by 1, 2`);
  const constraints = await client.query(`
    select c.relname as "table", pg_get_constraintdef(k.oid) as definition
    from pg_constraint k join pg_class c on c.oid = k.conrelid
    where c.relnamespace = 'public'::regnamespace and not c.relispartition and k.contype in ('p', 'f', 'u')
      and c.relname <> '_prisma_migrations'
    order by 1, 2`);
  return { columns: columns.rows, constraints: constraints.rows };
}

test("a migrated database has the tables, columns and keys that the schema file describes", async () => {
  const described = new pg.Client({ connectionString: url.toString() });
  await described.connect();
  await described.query(await schemaSql(url.toString()));
  const expected = await catalogOf(described);
  await described.end();
  expect(expected.columns.length).toBeGreaterThan(100);
  expect(await catalogOf(migrated)).toEqual(expected);
});
