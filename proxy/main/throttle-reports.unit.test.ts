import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { throttleReports } from "./throttle-reports.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("a server that reports drift all the time is read at once, and then once in a while", async () => {
  const reported: string[] = [];
  const report = throttleReports(async (_orgId, serverId) => {
    reported.push(serverId);
    return 0;
  }, 30_000);
  for (let round = 0; round < 100; round++) await report("org", "noisy");
  await report("org", "other");
  expect(reported).toEqual(["noisy", "other"]);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(reported).toEqual(["noisy", "other", "noisy"]);
  await vi.advanceTimersByTimeAsync(300_000);
  expect(reported).toHaveLength(3);
  await report("org", "noisy");
  expect(reported).toHaveLength(4);
});

test("a report that fails does not keep later ones from being made", async () => {
  let attempts = 0;
  const report = throttleReports(async () => {
    attempts += 1;
    throw new Error("no database");
  }, 1_000);
  await expect(report("org", "server")).rejects.toThrow("no database");
  await vi.advanceTimersByTimeAsync(1_000);
  await expect(report("org", "server")).rejects.toThrow("no database");
  expect(attempts).toBe(2);
});

test("a report that is to be made later is made then, once, with what was said last", async () => {
  const told: [at: number, said: string][] = [];
  const start = Date.now();
  const report = throttleReports(async (_orgId, _serverId, said: string) => {
    told.push([Date.now() - start, said]);
    return told.length === 1 ? 600_000 : 0;
  }, 30_000);
  await report("org", "server", "first");
  await vi.advanceTimersByTimeAsync(60_000);
  await report("org", "server", "second");
  await report("org", "server", "third");
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(told).toEqual([
    [0, "first"],
    [600_000, "third"],
  ]);
});

test("a report that nothing follows is not lost when it is to be made later", async () => {
  let told = 0;
  const report = throttleReports(async () => {
    told += 1;
    return told === 1 ? 90_000 : 0;
  }, 30_000);
  await report("org", "server");
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(told).toBe(2);
});
