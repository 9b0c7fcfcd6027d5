import { raceForApprovals } from "./approval-race.ts";
import type { Field, Outcome } from "./campaign.ts";
import { crashUnderLoad } from "./crashes.ts";
import { raceForLimit } from "./limit-race.ts";
import { watchWindows } from "./windows.ts";

export interface Campaign {
  /** What `--only` names. */
  group: "races" | "crashes" | "windows";
  /** The promise, as a customer would put it. */
  title: string;
  run(field: Field): Promise<Outcome>;
}

/** The long forms; `npm test` runs short ones of the same functions (proxy/races.test.ts). */
export const campaigns: readonly Campaign[] = [
  {
    group: "races",
    title: "Four proxies admit exactly 100 of 10,000 calls that race for a limit of 100",
    run: (field) => raceForLimit(field, { rounds: 10, calls: 10_000 }),
  },
  {
    group: "races",
    title: "100 approvals, raced for by 10,000 calls over four proxies, are used exactly once each",
    run: (field) => raceForApprovals(field, { approvals: 100, callers: 100 }),
  },
  {
    group: "windows",
    title: "No two seconds, wherever they begin, hold more than five calls of a limit of 5 in 2 s",
    run: (field) => watchWindows(field, { seconds: 180 }),
  },
  {
    group: "crashes",
    title: "kill -9 of the proxy under load loses no record of an executed call",
    run: (field) => crashUnderLoad(field, { rounds: 30 }),
  },
];
