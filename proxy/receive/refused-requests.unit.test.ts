import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { EarlyRefusals } from "./early-refusals.ts";
import { type RefusedCount, RefusedRequests } from "./refused-requests.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: new Date("2026-11-22T14:59:59.500Z") });
});

afterEach(() => {
  vi.useRealTimers();
});

const alice = { orgId: "acme", agentId: "alice", serverId: "payments" };

function setUp() {
  const written: RefusedCount[][] = [];
  const uncounted: number[] = [];
  const database = { isAway: false };
  const refused = new RefusedRequests(
    async (counts) => {
      if (database.isAway) throw new Error("away");
      written.push(structuredClone(counts));
    },
    (requests) => uncounted.push(requests),
  );
  return { refused, written, uncounted, database };
}

describe("refused requests of a known agent", () => {
  test("a flood is one count, written after a second without anybody asking", async () => {
    const { refused, written } = setUp();
    for (let sent = 0; sent < 312; sent += 1) refused.note(alice, "keys", `Twice, ${sent}.`);
    expect(written).toEqual([]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(written).toMatchObject([[{ ...alice, requests: 312, message: "Twice, 311." }]]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(written).toHaveLength(1);
  });

  test("an hour that ends begins another count", async () => {
    const { refused, written } = setUp();
    refused.note(alice, "keys", "Before.");
    vi.advanceTimersByTime(600);
    refused.note(alice, "keys", "After.");
    await refused.flush();
    expect(written[0]?.map(({ hour, message }) => [hour.toISOString(), message])).toEqual([
      ["2026-11-22T14:00:00.000Z", "Before."],
      ["2026-11-22T15:00:00.000Z", "After."],
    ]);
  });

  test("what the database did not take is written with what comes next", async () => {
    const { refused, written, database } = setUp();
    database.isAway = true;
    refused.note(alice, "keys", "First.");
    await refused.flush();
    refused.note(alice, "keys", "Second.");
    refused.note(alice, "json", "Third.");
    database.isAway = false;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(written).toMatchObject([
      [
        { reason: "keys", requests: 2, message: "Second." },
        { reason: "json", requests: 1 },
      ],
    ]);
  });

  test("while the database is away only so many counts are held, and the log says what came on top", async () => {
    const { refused, written, uncounted, database } = setUp();
    database.isAway = true;
    for (let agent = 0; agent < 10_050; agent += 1) {
      refused.note({ orgId: "acme", agentId: `agent-${agent}` }, "json", "Broken.");
    }
    refused.note({ orgId: "acme", agentId: "agent-0" }, "json", "Still counted.");
    await refused.flush();
    expect(uncounted).toEqual([50]);
    database.isAway = false;
    await refused.flush();
    expect(written.flat()).toHaveLength(10_000);
    expect(written.flat()[0]).toMatchObject({ agentId: "agent-0", serverId: null, requests: 2 });
    expect(uncounted).toEqual([50]);
  });

  test("many counts do not wait for their second", async () => {
    const { refused, written } = setUp();
    for (let agent = 0; agent < 1_000; agent += 1) {
      refused.note({ orgId: "acme", agentId: `agent-${agent}` }, "json", "Broken.");
    }
    await vi.advanceTimersByTimeAsync(0);
    expect(written).toHaveLength(1);
  });

  test("the text is cut, and a token that an agent put into it is not kept", async () => {
    const { refused, written } = setUp();
    const token = `cg_agt_${"x".repeat(49)}`;
    refused.note(alice, "keys", `The key "${token}" appears twice. ${"y".repeat(500)}`);
    await refused.flush();
    const message = written[0]?.[0]?.message ?? "";
    expect(message).toHaveLength(300);
    expect(message).toContain('The key "cg_agt_…" appears twice.');
  });
});

test("requests of nobody known are one line a minute, and none where there were none", async () => {
  const lines: Readonly<Record<string, number>>[] = [];
  const early = new EarlyRefusals((requests) => lines.push(requests));
  for (let sent = 0; sent < 50; sent += 1) early.note("no_token");
  early.note("path");
  await vi.advanceTimersByTimeAsync(59_000);
  expect(lines).toEqual([]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(lines).toEqual([{ no_token: 50, path: 1 }]);
  await vi.advanceTimersByTimeAsync(600_000);
  expect(lines).toHaveLength(1);
  early.note("bad_token");
  await vi.advanceTimersByTimeAsync(60_000);
  expect(lines[1]).toEqual({ bad_token: 1 });
});
