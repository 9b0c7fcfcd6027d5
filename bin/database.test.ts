import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { database } from "#lib/db.ts";
import { newId } from "#lib/ids.ts";
import { embeddedUrl } from "#scripts/database/embedded.ts";
import { callgate } from "./testing/run-callgate.ts";

// Every command is a process of its own, which costs a second on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const folder = await mkdtemp("/tmp/callgate-data-");
await chmod(folder, 0o755);
afterAll(() => rm(folder, { recursive: true }));
const environment = { DATABASE_URL: undefined, DATA_DIR: folder };

/** What a Postgres with this process id leaves in its folder. */
async function leavePostgres(processId: number): Promise<void> {
  await mkdir(join(folder, "postgres"), { recursive: true });
  await writeFile(join(folder, "postgres.password"), "secret\n");
  const lines = [processId, join(folder, "postgres"), 1_700_000_000, 1, "", "127.0.0.1"];
  await writeFile(join(folder, "postgres/postmaster.pid"), lines.join("\n"));
}

test("without a database the operator is told to start Callgate", async () => {
  const run = await callgate(["server", "list", "--org", "x"], { environment });
  expect([run.code, run.stderr]).toEqual([
    1,
    "There is no database. Start Callgate first (npm start) or set DATABASE_URL.\n",
  ]);
});

test("the embedded database is found while it runs, not after it was killed", async () => {
  await leavePostgres(2 ** 22 + 1);
  expect(embeddedUrl(folder)).toBeNull();
  await leavePostgres(process.pid);
  expect(embeddedUrl(folder)).toBe("postgresql://callgate:secret@127.0.0.1:1/postgres");
  const run = await callgate(["server", "list", "--org", "x"], { environment });
  expect([run.code, run.stderr]).toEqual([
    1,
    "The database does not answer. Start Callgate first (npm start) or set DATABASE_URL.\n",
  ]);
});

test("doctor names each problem with what to do, and is content once a proxy runs", async () => {
  const before = await callgate(["doctor", "--json"]);
  expect(before.code).toBe(1);
  expect(before.json()).toContainEqual({
    check: "proxy",
    ok: false,
    detail: "0 proxies are alive; last heartbeat never.",
    fix: expect.stringContaining("npm start"),
  });
  await database().proxyInstance.create({ data: { id: newId() } });
  await database().sealingKey.create({ data: { id: "key", publicKey: new Uint8Array(32) } });
  const after = await callgate(["doctor", "--json"]);
  const checks = after.json() as { check: string; ok: boolean }[];
  expect(checks.filter(({ ok }) => !ok)).toEqual([]);
  expect(after.code).toBe(0);
  expect(checks.map(({ check }) => check)).toEqual([
    "node",
    "environment",
    "private networks",
    "valkey connector",
    "database",
    "migrations",
    "clock",
    "partitions",
    "proxy",
    "sealing key",
  ]);
});

test("doctor answers without a database, and fails", async () => {
  const run = await callgate(["doctor", "--json"], {
    environment: { ...environment, DATA_DIR: "/nowhere" },
  });
  expect(run.code).toBe(1);
  expect(run.json()).toContainEqual(expect.objectContaining({ check: "database", ok: false }));
});

test("doctor never shows the database's password", async () => {
  const url = "postgresql://someone:hush@127.0.0.1:1/callgate";
  const run = await callgate(["doctor"], { environment: { DATABASE_URL: url } });
  expect(run.stdout).toContain("127.0.0.1:1/callgate cannot be used");
  expect(run.stdout + run.stderr).not.toContain("hush");
});
