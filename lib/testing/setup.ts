import pg from "pg";
import { afterAll, afterEach, beforeAll, expect, inject, vi } from "vitest";
import { closeDatabase } from "#lib/db.ts";

// A file has a worker to itself, so its database name is the file's own.
const maintenance = new pg.Client({ connectionString: inject("maintenanceUrl") });
const name = `test_${process.pid}_${Date.now().toString(36)}_${Math.random().toString(36).slice(2, 8)}`;
const target = new URL(inject("maintenanceUrl"));
target.pathname = `/${name}`;
process.env.DATABASE_URL = target.toString();
process.env.NEXTAUTH_SECRET = "a secret that only tests use, 32 or more";
process.env.UPSTREAM_PRIVATE_NETWORKS = "127.0.0.0/8,::1/128";

beforeAll(async () => {
  await maintenance.connect();
  await maintenance.query("select pg_advisory_lock(hashtext('callgate.template'))");
  await maintenance.query(`create database ${name} template ${inject("templateName")}`);
  await maintenance.query("select pg_advisory_unlock(hashtext('callgate.template'))");
});

afterAll(async () => {
  await closeDatabase();
  await maintenance.query(`drop database if exists ${name} with (force)`);
  await maintenance.end();
});

const noise = vi.spyOn(console, "error");
afterEach(() => {
  const calls = noise.mock.calls.map((call) => call.join(" "));
  noise.mockClear();
  expect(calls, "nothing may be printed on the error console").toEqual([]);
});
