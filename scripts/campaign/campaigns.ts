import { crashWhileConsuming } from "./approval-crashes.ts";
import { raceForApprovals } from "./approval-race.ts";
import type { Field, Outcome } from "./campaign.ts";
import { crashUnderLoad } from "./crashes.ts";
import { raceForLimit } from "./limit-race.ts";
import { comparePolicies } from "./policies.ts";
import { tryProperties } from "./properties.ts";
import { watchWindows } from "./windows.ts";

export interface Campaign {
  /** What `--only` names. */
  group: "policy" | "races" | "crashes" | "windows" | "properties";
  /** The promise, as a customer would put it. */
  title: string;
  /** Proxies it runs on. */
  proxies: number;
  run(field: Field): Promise<Outcome>;
}

/** The long forms; `npm test` runs short ones of the same functions. */
export const campaigns: readonly Campaign[] = [
  {
    group: "policy",
    title: "Two independent evaluators agree on every one of 1,000,000 random policies and calls",
    proxies: 0,
    run: (field) => comparePolicies(field, { pairs: 1_000_000 }),
  },
  {
    group: "races",
    title: "Four proxies admit exactly 100 of 10,000 calls that race for a limit of 100, 50 times",
    proxies: 4,
    run: (field) => raceForLimit(field, { rounds: 50, calls: 10_000 }),
  },
  {
    group: "races",
    title: "100 approvals, raced for by 10,000 calls over four proxies, are used exactly once each",
    proxies: 4,
    run: (field) => raceForApprovals(field, { approvals: 100, callers: 100 }),
  },
  {
    group: "windows",
    title: "No two seconds, wherever they begin, hold more than five calls of a limit of 5 in 2 s",
    proxies: 4,
    run: (field) => watchWindows(field, { seconds: 180 }),
  },
  {
    group: "crashes",
    title: "kill -9 of the proxy under load loses no record of an executed call",
    proxies: 4,
    run: (field) => crashUnderLoad(field, { rounds: 30 }),
  },
  {
    group: "crashes",
    title:
      "kill -9 of a proxy while approvals are used up: no call runs twice, no approval is lost",
    proxies: 4,
    run: (field) => crashWhileConsuming(field, { rounds: 100, approvals: 8 }),
  },
  {
    group: "properties",
    title: "Any bytes are refused, or forwarded as the very object that was judged",
    proxies: 0,
    run: (field) => tryProperties(field, { runs: 1_000_000 }),
  },
];
