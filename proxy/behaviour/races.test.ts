// Invariants 1, 5 and 6 over real processes; the long forms run by `npm run campaign`.
import { randomInt } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { crashWhileConsuming } from "#scripts/campaign/approval-crashes.ts";
import { raceForApprovals } from "#scripts/campaign/approval-race.ts";
import type { Field } from "#scripts/campaign/campaign.ts";
import { crashUnderLoad } from "#scripts/campaign/crashes.ts";
import { type Fleet, startFleet } from "#scripts/campaign/fleet.ts";
import { type Ledger, startLedger } from "#scripts/campaign/ledger.ts";
import { raceForLimit } from "#scripts/campaign/limit-race.ts";
import { watchWindows } from "#scripts/campaign/windows.ts";

let fleet: Fleet;
let ledger: Ledger;
const seed = randomInt(2 ** 31);

beforeAll(async () => {
  ledger = await startLedger();
  fleet = await startFleet(process.env.DATABASE_URL ?? "", 4);
});

afterAll(async () => {
  await fleet.close();
  await ledger.close();
});

function field(): Field {
  return { fleet, ledger, seed, say: () => {} };
}

describe(`four proxy processes (seed ${seed})`, () => {
  test("admit exactly 100 of 2,000 calls that race for a limit of 100 (invariant 5, ADV-092)", async () => {
    const { figures, broken } = await raceForLimit(field(), { rounds: 1, calls: 2_000 });
    expect(broken).toEqual([]);
    expect(figures.executed).toBe(100);
  }, 120_000);

  test("never hold more than the limit in any window, and let slots come free (invariant 5)", async () => {
    const { figures, broken } = await watchWindows(field(), { seconds: 9 });
    expect(broken).toEqual([]);
    expect(figures.shortestMsForSix).toBeGreaterThanOrEqual(1_900);
  }, 60_000);

  test("run each of 10 approved calls exactly once, however many repeat it (invariant 6, ADV-104)", async () => {
    const { figures, broken } = await raceForApprovals(field(), { approvals: 10, callers: 20 });
    expect(broken).toEqual([]);
    expect(figures.executed).toBe(10);
  }, 60_000);

  test("killed while approvals are used up, run no call twice and lose none (invariant 6, ADV-113)", async () => {
    const { figures, broken } = await crashWhileConsuming(field(), { rounds: 3, approvals: 8 });
    expect(broken).toEqual([]);
    expect(figures.approvals).toBe(24);
  }, 120_000);

  test("killed under load, lose no record of an executed call (invariant 1)", async () => {
    const { figures, broken } = await crashUnderLoad(field(), { rounds: 3 });
    expect(broken).toEqual([]);
    expect(figures.lost).toBe(0);
    expect(figures.executed).toBeGreaterThan(48);
  }, 120_000);
});
