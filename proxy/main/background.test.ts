import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Pool } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { database } from "#lib/db.ts";
import { openMaintenancePool } from "#lib/gate/pool.ts";
import { newId } from "#lib/ids.ts";
import { requestDiscovery, waitForJob } from "#lib/jobs/jobs.ts";
import { makeOrg, makeServer } from "#lib/testing/factories.ts";
import { startUpstream, type TestUpstream } from "#proxy/testing/upstream.ts";
import { startBackground } from "./background.ts";
import { type Listener, startListener } from "./listener.ts";

const instanceId = newId();
let pool: Pool;
let listener: Listener;
let upstream: TestUpstream;

beforeAll(async () => {
  const url = process.env.DATABASE_URL ?? "";
  pool = openMaintenancePool(url);
  listener = startListener(url);
  process.env.UPSTREAM_PRIVATE_NETWORKS = "127.0.0.0/8";
  process.env.DATA_DIR = mkdtempSync(join(tmpdir(), "callgate-worker-"));
  upstream = await startUpstream({ json: true });
});

afterAll(async () => {
  await listener.stop();
  await pool.end();
  await upstream.close();
});

test("what is not a call is done by a process of its own: there for the work, back after a crash, gone with its proxy", {
  timeout: 90_000,
}, async () => {
  await database().job.deleteMany({});
  const owner = await makeOrg();
  const server = await makeServer(owner, { url: upstream.url });
  const discover = async () => {
    const { jobId } = await requestDiscovery(owner, { server: server.slug });
    return waitForJob(owner, { id: jobId }, 30_000);
  };
  const background = startBackground(pool, instanceId, listener, false);
  expect(workers()).toEqual([]);
  expect(await discover()).toMatchObject({ state: "done" });
  const [first] = workers();
  expect(first).toBeDefined();

  // Killed in the middle of a job, which nobody else takes over while its proxy lives.
  process.kill(first ?? 0, "SIGKILL");
  const { jobId } = await requestDiscovery(owner, { server: server.slug });
  await database().job.updateMany({
    where: { id: jobId },
    data: { state: "running", instanceId, startedAt: new Date() },
  });
  expect(await waitForJob(owner, { id: jobId }, 30_000)).toMatchObject({ state: "done" });
  expect(workers()).toHaveLength(1);
  expect(workers()).not.toContain(first);

  await background.stop();
  expect(workers()).toEqual([]);
});

/** Process ids of this proxy's workers that still run. */
function workers(): number[] {
  return execFileSync("ps", ["-eo", "pid,args"], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.includes(`worker.ts ${instanceId}`))
    .map((line) => Number.parseInt(line, 10));
}
