import { afterAll, expect, test } from "vitest";
import { database } from "#lib/db.ts";
import { openGatePool } from "#lib/gate/pool.ts";
import { newId } from "#lib/ids.ts";
import { removeServer } from "#lib/servers/servers.ts";
import { contextAs, makeOrg, makeServer } from "#lib/testing/factories.ts";
import { getJob, requestConnectionTest, requestDiscovery, waitForJob } from "./jobs.ts";
import { pruneJobs } from "./prune.ts";
import { requestRediscovery, scheduleDiscoveries } from "./schedule.ts";
import type { JobStep } from "./schema.ts";
import { claimJob, finishJob, saveSteps } from "./worker.ts";

const pool = openGatePool(process.env.DATABASE_URL ?? "");
afterAll(() => pool.end());

const target = { kind: "url", url: "https://mcp.example.test/mcp" };
const resolved: JobStep = {
  step: "resolve",
  state: "ok",
  label: "Find the address",
  detail: "192.0.2.7",
  fix: null,
};

async function makeScene() {
  await database().job.deleteMany({});
  const owner = await makeOrg();
  return { owner, server: await makeServer(owner) };
}

test("a discovery goes from asked for, over its steps, to its result", async () => {
  const { owner, server } = await makeScene();
  const { jobId } = await requestDiscovery(owner, { server: server.slug });
  expect(await getJob(owner, { id: jobId })).toMatchObject({ state: "queued", steps: [] });
  const job = await claimJob(newId());
  expect(job).toMatchObject({
    id: jobId,
    kind: "discover",
    serverId: server.id,
    secretOwnerId: server.id,
    target: { kind: "url", url: "http://127.0.0.1:9/mcp", secrets: [] },
  });
  if (!job) return;
  await saveSteps(job, [resolved]);
  expect(await getJob(owner, { id: jobId })).toMatchObject({ state: "running", steps: [resolved] });
  await finishJob(job, "done", { tools: 3, note: "odd \u0000 text" });
  expect(await getJob(owner, { id: jobId })).toMatchObject({
    state: "done",
    result: { tools: 3, note: "odd \ufffd text" },
    finishedAt: expect.any(Date),
    waitingForProxy: false,
  });
  const events = await database().auditEvent.findMany({ where: { orgId: owner.org.id } });
  expect(events).toMatchObject([
    { action: "server.discover", subject: { name: server.slug }, detail: { job: jobId } },
  ]);
});

test("a waiting job says so when no proxy is alive", async () => {
  const { owner } = await makeScene();
  const { jobId } = await requestConnectionTest(owner, { target });
  expect(await getJob(owner, { id: jobId })).toMatchObject({ waitingForProxy: true });
  const instance = newId();
  await database().proxyInstance.create({ data: { id: instance } });
  expect(await getJob(owner, { id: jobId })).toMatchObject({ waitingForProxy: false });
  await database().proxyInstance.update({
    where: { id: instance },
    data: { heartbeatAt: new Date(Date.now() - 20_000) },
  });
  expect(await getJob(owner, { id: jobId })).toMatchObject({ waitingForProxy: true });
  await database().proxyInstance.delete({ where: { id: instance } });
});

test("waiting returns as soon as the job ends, and not later than asked", async () => {
  const { owner } = await makeScene();
  const { jobId } = await requestConnectionTest(owner, { target });
  expect(await waitForJob(owner, { id: jobId }, 200)).toMatchObject({ state: "queued" });
  const waiting = waitForJob(owner, { id: jobId }, 20_000);
  const job = await claimJob(newId());
  if (job) await finishJob(job, "failed", { message: "No answer." });
  expect(await waiting).toMatchObject({ state: "failed", result: { message: "No answer." } });
});

test("of many proxies that ask at once, each job goes to one", async () => {
  const { owner } = await makeScene();
  const asked = new Set<string>();
  for (let index = 0; index < 5; index++) {
    asked.add((await requestConnectionTest(owner, { target })).jobId);
  }
  const claims = await Promise.all(Array.from({ length: 12 }, () => claimJob(newId())));
  const claimed = claims.flatMap((job) => (job ? [job.id] : []));
  expect(claimed).toHaveLength(5);
  expect(new Set(claimed)).toEqual(asked);
});

test("whoever asks for a server's tools while they wait to be read waits for the same reading", async () => {
  const { owner, server } = await makeScene();
  const ask = () => requestDiscovery(owner, { server: server.slug });
  const asked = await Promise.all(Array.from({ length: 5 }, ask));
  expect(new Set(asked.map(({ jobId }) => jobId)).size).toBe(1);
  expect(await database().job.count()).toBe(1);
  const events = { orgId: owner.org.id, action: "server.discover" };
  expect(await database().auditEvent.count({ where: events })).toBe(1);
  // What has begun may have missed what was changed since: the next request is another reading.
  const running = await claimJob(newId());
  const next = await ask();
  expect(next.jobId).not.toBe(running?.id);
  expect(await claimJob(newId())).toBeNull();
  if (running) await finishJob(running, "done", {});
  expect(await claimJob(newId())).toMatchObject({ id: next.jobId });
});

test("an org may have ten connection tests waiting, and is told so", async () => {
  const { owner } = await makeScene();
  const ask = () => requestConnectionTest(owner, { target });
  const asked = await Promise.allSettled(Array.from({ length: 12 }, ask));
  expect(asked.filter(({ status }) => status === "fulfilled")).toHaveLength(10);
  await expect(ask()).rejects.toMatchObject({
    code: "rate_limited",
    message: expect.stringContaining("10 connection tests"),
  });
  await requestConnectionTest(await makeOrg(), { target });
  await claimJob(newId());
  await ask();
});

test("orgs take turns, however many jobs one of them asks for first", async () => {
  const { owner } = await makeScene();
  const [other, third] = [await makeOrg(), await makeOrg()];
  for (let index = 0; index < 3; index++) await requestConnectionTest(owner, { target });
  for (const org of [other, third, other]) await requestConnectionTest(org, { target });
  const turns: (string | undefined)[] = [];
  for (let index = 0; index < 6; index++) turns.push((await claimJob(newId()))?.orgId);
  const [a, b, c] = [owner.org.id, other.org.id, third.org.id];
  expect(turns).toEqual([a, b, c, a, b, a]);
});

test("a job whose proxy died is taken over, and the dead one's late answer is ignored", async () => {
  const { owner } = await makeScene();
  const { jobId } = await requestConnectionTest(owner, { target });
  const first = await claimJob(newId());
  expect(await claimJob(newId())).toBeNull();
  await database().job.updateMany({
    where: { id: jobId },
    data: { startedAt: new Date(Date.now() - 61_000) },
  });
  const second = await claimJob(newId());
  expect(second?.id).toBe(jobId);
  if (!first || !second) return;
  await finishJob(first, "failed", { message: "late" });
  expect(await getJob(owner, { id: jobId })).toMatchObject({ state: "running" });
  await finishJob(second, "done", { tools: 1 });
  expect(await getJob(owner, { id: jobId })).toMatchObject({ state: "done" });
});

test("the discovery of a server that was removed meanwhile fails with the reason", async () => {
  const { owner, server } = await makeScene();
  const { jobId } = await requestDiscovery(owner, { server: server.slug });
  await removeServer(owner, { server: server.slug, confirmSlug: server.slug });
  expect(await claimJob(newId())).toBeNull();
  expect(await getJob(owner, { id: jobId })).toMatchObject({
    state: "failed",
    result: { message: expect.stringContaining("removed") },
  });
});

test("drift that is reported a hundred times asks for one discovery", async () => {
  const { owner, server } = await makeScene();
  for (let index = 0; index < 100; index++) await requestRediscovery(pool, owner.org.id, server.id);
  expect(await database().job.count({ where: { orgId: owner.org.id } })).toBe(1);
});

test("drift that reading again does not find is looked for less and less often, until something changed", async () => {
  const { owner, server } = await makeScene();
  const ask = () => requestRediscovery(pool, owner.org.id, server.id);
  const read = async (changed: boolean) => {
    const job = await claimJob(newId());
    if (!job) throw new Error("Nothing was asked for");
    await finishJob(job, "done", { changed });
  };
  expect(await ask()).toBe(0);
  await read(false);
  const rests: number[] = [];
  for (let reading = 0; reading < 6; reading++) {
    const rest = await ask();
    rests.push(Math.ceil(rest / 10_000) * 10);
    expect(await claimJob(newId())).toBeNull();
    await database().job.updateMany({ data: { finishedAt: new Date(Date.now() - rest - 1_000) } });
    expect(await ask()).toBe(0);
    await read(false);
  }
  expect(rests).toEqual([60, 120, 240, 480, 600, 600]);
  await database().job.updateMany({ data: { finishedAt: new Date(Date.now() - 600_000) } });
  expect(await ask()).toBe(0);
  await read(true);
  expect(await ask()).toBe(0);
});

test("another org's job does not exist, and a viewer may not start one", async () => {
  const { owner, server } = await makeScene();
  const { jobId } = await requestDiscovery(owner, { server: server.slug });
  const stranger = await makeOrg();
  for (const id of [jobId, "nonsense"]) {
    await expect(getJob(stranger, { id })).rejects.toMatchObject({ code: "not_found" });
  }
  await expect(requestDiscovery(stranger, { server: server.slug })).rejects.toMatchObject({
    code: "not_found",
  });
  const viewer = await contextAs(owner, "viewer");
  await expect(requestDiscovery(viewer, { server: server.slug })).rejects.toMatchObject({
    code: "forbidden",
  });
  await expect(requestConnectionTest(viewer, { target })).rejects.toMatchObject({
    code: "forbidden",
  });
});

test("each server's tools are read again when their time has come, once however many proxies ask", async () => {
  const { owner, server } = await makeScene();
  const read = async (hoursAgo: number) => {
    const discoveredAt = new Date(Date.now() - hoursAgo * 3_600_000);
    await database().server.updateMany({ data: { discoveredAt: new Date() } });
    await database().server.update({
      where: { orgId_id: { orgId: owner.org.id, id: server.id } },
      data: { discoveredAt },
    });
  };
  const jobs = () => database().job.findMany({ where: { orgId: owner.org.id } });
  await read(5);
  expect(await scheduleDiscoveries(pool, 6 * 3_600)).toBe(0);
  await read(7);
  await Promise.all([1, 2, 3].map(() => scheduleDiscoveries(pool, 6 * 3_600)));
  expect(await jobs()).toMatchObject([{ serverId: server.id, createdBy: "system:schedule" }]);

  // A server that cannot be read is not asked again before its next turn.
  const job = await claimJob(newId());
  if (job) await finishJob(job, "failed", { message: "No answer." });
  expect(await scheduleDiscoveries(pool, 6 * 3_600)).toBe(0);
  await database().job.updateMany({ data: { createdAt: new Date(Date.now() - 7 * 3_600_000) } });
  expect(await scheduleDiscoveries(pool, 6 * 3_600)).toBe(1);
});

test("what ended is forgotten after thirty days, what still waits never", async () => {
  const { owner, server } = await makeScene();
  const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);
  const shared = { orgId: owner.org.id, kind: "discover", serverId: server.id } as const;
  const make = async (state: "queued" | "done" | "failed", days: number) => {
    const id = newId();
    const data = { ...shared, id, state, createdAt: daysAgo(days), createdBy: "system:test" };
    await database().job.create({ data });
    return id;
  };
  await make("done", 31);
  await make("failed", 31);
  const kept = [await make("queued", 31), await make("done", 29), await make("failed", 29)];
  expect(await pruneJobs(pool)).toBe(2);
  const left = await database().job.findMany({ where: { orgId: owner.org.id } });
  expect(left.map(({ id }) => id).sort()).toEqual(kept.sort());
});
