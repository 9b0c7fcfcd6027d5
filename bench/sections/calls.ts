import { approvedTarget } from "../approved.ts";
import { type CallRow, compare } from "../compare.ts";
import { measure, type Target } from "../load.ts";
import { policyOf } from "../world.ts";
import type { Section } from "./section.ts";

/** What a decision costs: allowed, limited, approved, used up and denied; one at a time, many at once. */
export const calls: Section = async (world, effort, say) => {
  const limit = (max: number, window: number) =>
    policyOf({ action: "allow", rate_limit: { max, window, per: "agent" } });
  const usedUp = await world.gated("Callgate, limit of 100 used up", limit(100, 3600));
  const denied = policyOf({ action: "deny", reason: "Not here." });
  const approved = await approvedTarget(world, "Callgate, approved");
  const targets: Target[] = [
    world.direct(),
    world.passThrough(),
    ...world.recordingPassThroughs(),
    await world.gated("Callgate, allowed", policyOf({ action: "allow" })),
    await world.gated("Callgate, limited, within", limit(1_000_000, 60)),
    { ...usedUp, expect: "" },
    { ...(await world.gated("Callgate, denied", denied)), expect: "Not here." },
  ];
  say("warming up");
  // Compiled code, prepared statements and filled pools are what a running proxy has.
  for (const target of targets) await measure(target, effort.calls * 5, 32);
  const rows: CallRow[] = [];
  for (const concurrency of [1, 32, 256]) {
    say(`${concurrency} at once`);
    rows.push(...(await compare(targets, concurrency, effort)));
  }
  say("approved, 1 at once");
  // Somebody has to decide about each of these first, which takes its time.
  const fewer = { ...effort, calls: Math.ceil(effort.calls / 5) };
  const [floor, decided] = await compare([world.passThrough(), approved], 1, fewer);
  if (decided) rows.push(decided);
  const row = (name: string, concurrency: number) =>
    rows.find((found) => found.target === name && found.concurrency === concurrency);
  const allowed = row("Callgate, allowed", 1);
  const crowd = row("Callgate, allowed", 32);
  const directMs = row("direct", 1)?.p50Ms ?? Number.NaN;
  return {
    title: "Decisions",
    calls: rows,
    figures: [
      {
        name: "allowed, p50 added over the pass-through",
        value: allowed?.addedP50Ms ?? Number.NaN,
        unit: "ms",
        target: 0.35,
      },
      {
        name: "limited, within its limit, p50 added likewise",
        value: row("Callgate, limited, within", 1)?.addedP50Ms ?? Number.NaN,
        unit: "ms",
        target: 0.5,
      },
      {
        name: "approved, p50 over the pass-through's",
        value: (decided?.p50Ms ?? Number.NaN) / (floor?.p50Ms ?? Number.NaN),
        unit: "×",
        target: null,
      },
      {
        name: "pass-through's calls/s over allowed ones, 32 at once",
        value: 1 / (crowd?.shareOfPassThrough ?? Number.NaN),
        unit: "×",
        target: 1.43,
      },
      {
        name: "proxy CPU an allowed call, 32 at once",
        value: crowd?.cpuMsPerCall ?? Number.NaN,
        unit: "ms",
        target: 0.3,
      },
      {
        name: "denied, p50; the target is allowed less the server",
        value: row("Callgate, denied", 1)?.p50Ms ?? Number.NaN,
        unit: "ms",
        target: Number(((allowed?.p50Ms ?? Number.NaN) - directMs).toFixed(3)),
      },
    ],
  };
};
