import { afterAll, expect, test } from "vitest";
import { database } from "#lib/db.ts";
import { makeCall, makeOrg } from "#lib/testing/factories.ts";
import { openGatePool } from "./pool.ts";
import { settleCalls, sweepUnsettledCalls } from "./settle.ts";

const pool = openGatePool(process.env.DATABASE_URL ?? "");
afterAll(() => pool.end());

test("a call that was let through and has no outcome after any deadline has an unknown one", async () => {
  const owner = await makeOrg();
  const orgId = owner.org.id;
  const ago = (seconds: number) => ({ at: new Date(Date.now() - seconds * 1_000) });
  const lost = await makeCall(owner, ago(600));
  const answered = await makeCall(owner, ago(600));
  const observed = await makeCall(owner, { ...ago(600), decision: "denied", observed: true });
  await makeCall(owner, { ...ago(600), decision: "denied" });
  await makeCall(owner, ago(60));
  const older = await makeCall(owner, ago(7_200));
  const settled = { detail: null, httpStatus: 200, responseBytes: 2, upstreamMs: 1, addedMs: 1 };
  await settleCalls(pool, [{ orgId, callId: answered.id, outcome: "ok", ...settled }]);

  const outcomes = async () => {
    const rows = await database().callOutcome.findMany({ where: { orgId } });
    return new Map(rows.map(({ callId, outcome }) => [callId, outcome]));
  };
  await sweepUnsettledCalls(pool, 360, 3_600);
  const recent = [
    [answered.id, "ok"],
    [lost.id, "unknown"],
    [observed.id, "unknown"],
  ] as const;
  expect(await outcomes()).toEqual(new Map(recent));
  // A proxy that has just started looks further back.
  await sweepUnsettledCalls(pool, 360);
  expect(await outcomes()).toEqual(new Map([...recent, [older.id, "unknown"]]));
});
