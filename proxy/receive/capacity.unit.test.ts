import { describe, expect, it } from "vitest";
import { Capacity } from "./capacity.ts";
import { pressureOf, watchPressure } from "./pressure.ts";

const limits = { requestsPerOrg: 2, streamsPerAgent: 2, streamsPerOrg: 3 };

describe("capacity", () => {
  it("gives every org its own share of requests", () => {
    const capacity = new Capacity(limits);
    const leave = capacity.enter("a");
    expect(capacity.enter("a")).not.toBeNull();
    expect(capacity.enter("a")).toBeNull();
    expect(capacity.enter("b")).not.toBeNull();
    leave?.();
    // Giving a place back twice frees one place.
    leave?.();
    expect(capacity.enter("a")).not.toBeNull();
    expect(capacity.enter("a")).toBeNull();
  });

  it("counts streams of an agent and of its org, and a refusal by one keeps no place of the other", () => {
    const capacity = new Capacity(limits);
    expect(capacity.openStream("a", "x")).not.toBeNull();
    const second = capacity.openStream("a", "x");
    expect(capacity.openStream("a", "x")).toBeNull();
    expect(capacity.openStream("a", "x")).toBeNull();
    expect(capacity.openStream("a", "y")).not.toBeNull();
    expect(capacity.openStream("a", "z")).toBeNull();
    expect(capacity.openStream("b", "x")).not.toBeNull();
    second?.();
    expect(capacity.openStream("a", "z")).not.toBeNull();
  });

  it("tells when the last request has ended", async () => {
    const capacity = new Capacity(limits);
    await capacity.idle();
    const [one, two] = [capacity.enter("a"), capacity.enter("b")];
    let idle = false;
    const waiting = capacity.idle().then(() => {
      idle = true;
    });
    one?.();
    await Promise.resolve();
    expect(idle).toBe(false);
    two?.();
    await waiting;
  });
});

describe("pressure", () => {
  const calm = { heapShare: 0.5, memoryShare: 0, loopDelayMilliseconds: 3 };

  it.each([
    ["normal", {}],
    ["normal", { heapShare: 0.849, loopDelayMilliseconds: 99 }],
    ["high", { heapShare: 0.85 }],
    ["high", { memoryShare: 0.9 }],
    ["high", { loopDelayMilliseconds: 100 }],
    ["critical", { heapShare: 0.92 }],
    ["critical", { memoryShare: 0.99 }],
    ["critical", { loopDelayMilliseconds: 200 }],
  ] as const)("is %s at %j", (level, reading) => {
    expect(pressureOf({ ...calm, ...reading }, 100)).toBe(level);
  });

  it("rises while the event loop is kept busy and falls again", async () => {
    const watched = watchPressure(5);
    const busy = setInterval(() => {
      const until = performance.now() + 60;
      while (performance.now() < until);
    }, 1);
    await expect.poll(watched.level, { timeout: 10_000 }).toBe("critical");
    clearInterval(busy);
    watched.stop();
  });
});
