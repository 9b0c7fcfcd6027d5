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
  const report = throttleReports(async (_orgId, serverId) => void reported.push(serverId), 30_000);
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
