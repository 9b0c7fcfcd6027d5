import { afterAll, beforeAll, expect, test } from "vitest";
import { database } from "#lib/db.ts";
import { raceForApprovals } from "#scripts/campaign/approval-race.ts";
import { crashUnderLoad } from "#scripts/campaign/crashes.ts";
import { type Fleet, startFleet } from "#scripts/campaign/fleet.ts";
import { type Ledger, startLedger } from "#scripts/campaign/ledger.ts";
import { raceForLimit } from "#scripts/campaign/limit-race.ts";
import { watchWindows } from "#scripts/campaign/windows.ts";
let fleet: Fleet; let ledger: Ledger;
beforeAll(async () => { ledger = await startLedger(); fleet = await startFleet(process.env.DATABASE_URL ?? "", 4); });
afterAll(async () => { await fleet.close(); await ledger.close(); });
const field = () => ({ fleet, ledger, seed: 7, say: () => {} });
async function mutate(name: string, from: string | RegExp, to: string, work: () => Promise<unknown>) {
  const [row] = await database().$queryRawUnsafe<{ d: string }[]>(`select pg_get_functiondef('${name}'::regproc) as d`);
  const def = row?.d ?? ""; const changed = def.replace(from, to);
  if (changed === def) throw new Error("no mutation");
  await database().$executeRawUnsafe(changed);
  const out = await work();
  await database().$executeRawUnsafe(def);
  console.log(name, JSON.stringify(out));
  return out as { broken: string[] };
}
test("m", async () => {
  expect((await mutate("admit_calls", "for update of w", "", () => raceForLimit(field(), { rounds: 1, calls: 2000 }))).broken).not.toEqual([]);
  expect((await mutate("window_at", "secs => window_seconds", "secs => window_seconds * 0.9", () => watchWindows(field(), { seconds: 9 }))).broken).not.toEqual([]);
  expect((await mutate("admit_calls", "set state = 'consumed', call_id", "set state = state, call_id", () => raceForApprovals(field(), { approvals: 10, callers: 20 }))).broken).not.toEqual([]);
  expect((await mutate("admit_calls", "return next;\n  end loop", "if false then return; end if; return next;\n  end loop", async () => { await database().$executeRawUnsafe("create function lose() returns trigger language plpgsql as $$ begin if random() < 0.05 then return null; end if; return new; end $$"); await database().$executeRawUnsafe("create trigger lose before insert on calls for each row execute function lose()"); const r = await crashUnderLoad(field(), { rounds: 1 }); await database().$executeRawUnsafe("drop trigger lose on calls"); return r; })).broken).not.toEqual([]);
}, 120_000);
