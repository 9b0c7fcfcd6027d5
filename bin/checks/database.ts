import { readdir } from "node:fs/promises";
import { resolve } from "node:path";
import pg from "pg";
import { heartbeatTimeoutSeconds } from "#lib/gate/instances.ts";
import { startFirst } from "../database.ts";
import { bad, type Check, good } from "./check.ts";

const connectMilliseconds = 5_000;
/** Beyond this, tokens and approvals lapse at another time than people are shown. */
const maxSkewMilliseconds = 2_000;
/** Partitions are made three months ahead each hour; one month is the last warning. */
const wantedMonthsAhead = 1;

export interface DatabaseFindings {
  checks: Check[];
  /** Ids of the connectors that registered servers use. */
  connectors: string[];
}

/** What can be said of the database and of what proxies leave in it. Never throws. */
export async function checkDatabase(url: string | null): Promise<DatabaseFindings> {
  if (url === null) {
    return { checks: [bad("database", "No database was found.", startFirst)], connectors: [] };
  }
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: connectMilliseconds,
    query_timeout: connectMilliseconds,
  });
  const checks: Check[] = [];
  try {
    await client.connect();
    checks.push(await checkVersion(client, url));
    checks.push(await checkMigrations(client));
    if (checks.some(({ ok }) => !ok)) return { checks, connectors: [] };
    checks.push(await checkClock(client));
    checks.push(await checkPartitions(client));
    checks.push(await checkProxy(client));
    checks.push(await checkSealingKey(client));
    return { checks, connectors: await usedConnectors(client) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const detail = `${placeOf(url)} cannot be used: ${why || "no answer"}.`;
    return { checks: [...checks, bad("database", detail, startFirst)], connectors: [] };
  } finally {
    await client.end().catch(() => {});
  }
}

async function checkVersion(client: pg.Client, url: string): Promise<Check> {
  const began = performance.now();
  const { rows } = await client.query<{ server_version: string }>("show server_version");
  const milliseconds = (performance.now() - began).toFixed(1);
  const version = rows[0]?.server_version ?? "unknown";
  return good("database", `Postgres ${version} at ${placeOf(url)} answers in ${milliseconds} ms.`);
}

async function checkMigrations(client: pg.Client): Promise<Check> {
  const folder = resolve(import.meta.dirname, "../../prisma/migrations");
  const entries = await readdir(folder, { withFileTypes: true });
  const wanted = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const known = await client.query<{ there: boolean }>(
    "select to_regclass('_prisma_migrations') is not null as there",
  );
  const { rows } = known.rows[0]?.there
    ? await client.query<{ name: string }>(
        `select migration_name as name from _prisma_migrations
         where finished_at is not null and rolled_back_at is null`,
      )
    : { rows: [] };
  const applied = new Set(rows.map(({ name }) => name));
  const missing = wanted.filter((name) => !applied.has(name));
  const unknown = [...applied].filter((name) => !wanted.includes(name));
  if (missing.length > 0) {
    const detail = `${missing.length} of ${wanted.length} are not applied: ${missing.join(", ")}.`;
    return bad("migrations", detail, "npm start applies them.");
  }
  if (unknown.length > 0) {
    const detail = `The database is of a newer Callgate: ${unknown.join(", ")}.`;
    return bad("migrations", detail, "Run the newer version, or restore a database of this one.");
  }
  return good("migrations", `All ${wanted.length} are applied.`);
}

async function checkClock(client: pg.Client): Promise<Check> {
  const before = Date.now();
  const { rows } = await client.query<{ now: Date }>("select clock_timestamp() as now");
  const middle = (before + Date.now()) / 2;
  const skew = Math.round(middle - (rows[0]?.now.getTime() ?? Number.NaN));
  if (Math.abs(skew) <= maxSkewMilliseconds) {
    return good("clock", `This machine and the database are ${Math.abs(skew)} ms apart.`);
  }
  const detail = `This machine is ${Math.abs(skew)} ms ${skew > 0 ? "ahead of" : "behind"} the database.`;
  return bad("clock", detail, "Synchronise both machines' clocks (NTP).");
}

async function checkPartitions(client: pg.Client): Promise<Check> {
  const { rows } = await client.query<{ parent: string; ahead: number }>(
    `select parent, (
       select count(*)::int from generate_series(1, 12) as month
       where to_regclass(parent || '_' || to_char(
         date_trunc('month', now() at time zone 'UTC') + make_interval(months => month), 'YYYY_MM')
       ) is not null) as ahead
     from unnest(array['calls', 'call_outcomes', 'audit_events']) as parent`,
  );
  const least = Math.min(...rows.map(({ ahead }) => ahead));
  const detail = `The record has partitions for ${least} months ahead.`;
  return least >= wantedMonthsAhead
    ? good("partitions", detail)
    : bad("partitions", detail, "A running proxy makes them: start Callgate (npm start).");
}

async function checkProxy(client: pg.Client): Promise<Check> {
  const { rows } = await client.query<{ alive: number; seconds: number | null }>(
    `select (count(*) filter (where heartbeat_at > now() - make_interval(secs => $1)))::int as alive,
       extract(epoch from now() - max(heartbeat_at))::float8 as seconds
     from proxy_instances`,
    [heartbeatTimeoutSeconds],
  );
  const { alive = 0, seconds = null } = rows[0] ?? {};
  const last = seconds === null ? "never" : `${Math.round(seconds)} s ago`;
  const detail = `${alive} ${alive === 1 ? "proxy is" : "proxies are"} alive; last heartbeat ${last}.`;
  return alive > 0
    ? good("proxy", detail)
    : bad("proxy", detail, "Start Callgate (npm start); agents cannot call anything until then.");
}

async function checkSealingKey(client: pg.Client): Promise<Check> {
  const { rows } = await client.query<{ id: string }>(
    `select id from sealing_keys where retired_at is null order by created_at desc`,
  );
  const [key] = rows;
  return key
    ? good("sealing key", `Secrets are sealed with key ${key.id}.`)
    : bad(
        "sealing key",
        "There is no key to seal secrets with.",
        "Start a proxy once; it makes one.",
      );
}

async function usedConnectors(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ connector: string }>(
    "select distinct connector from servers where connector is not null and removed_at is null",
  );
  return rows.map(({ connector }) => connector);
}

/** Host, port and name, never the password. */
function placeOf(url: string): string {
  if (!URL.canParse(url)) return "DATABASE_URL";
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}
