import { expect, test } from "vitest";
import { tollOf } from "./toll.ts";

test("memory that something takes is measured, even when it is given back before the end", async () => {
  // Much more than a collection of other garbage could give back meanwhile.
  const size = 256 * 1024 * 1024;
  // An older and higher peak, given back at once, does not hide it.
  const older = new Uint8Array(2 * size).fill(1);
  older.buffer.transfer(0);
  const { toll } = await tollOf(async () => Buffer.alloc(size, 1).length);
  expect(toll.grownBytes).toBeGreaterThan(size / 2);
});

test("computing that keeps the event loop is measured, waiting is not", async () => {
  const busy = await tollOf(async () => {
    const used = process.threadCpuUsage();
    while (process.threadCpuUsage(used).user < 60_000);
  });
  expect(busy.toll.blockedMilliseconds).toBeGreaterThan(50);
  const idle = await tollOf(() => new Promise((done) => setTimeout(done, 100)));
  expect(idle.toll.blockedMilliseconds).toBeLessThan(50);
});
