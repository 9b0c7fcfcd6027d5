import { type CallRow, compare } from "../compare.ts";
import { policyOf } from "../world.ts";
import type { Section } from "./section.ts";

/** What an allowed call costs at the address of all servers, beside the address of its server. */
export const aggregate: Section = async (world, effort, say) => {
  const allowed = policyOf({ action: "allow" });
  const targets = [
    world.passThrough(),
    await world.gated("Callgate, one server", allowed),
    ...(await world.gatedAll(allowed)),
  ];
  const rows: CallRow[] = [];
  for (const concurrency of [1, 32]) {
    say(`${concurrency} at once`);
    rows.push(...(await compare(targets, concurrency, effort)));
  }
  return { title: "All servers at one address", calls: rows, figures: [] };
};
