import { type CallRow, compare } from "../compare.ts";
import { callBody, policyOf } from "../world.ts";
import type { Section } from "./section.ts";

const forms = [
  { name: "JSON, 1 KB", args: { bytes: 1_000 }, share: 1 },
  { name: "JSON, 1 MB", args: { bytes: 1_000_000 }, share: 0.1 },
  { name: "one event, 1 KB", args: { bytes: 1_000, sse: true }, share: 1 },
  { name: "one event, 1 MB", args: { bytes: 1_000_000, sse: true }, share: 0.1 },
];

/** What the form and size of an answer cost. Each compares with the pass-through of that answer. */
export const answers: Section = async (world, effort, say) => {
  const allow = policyOf({ action: "allow" });
  const rows: CallRow[] = [];
  for (const { name, args, share } of forms) {
    const body = callBody(args);
    const targets = [
      { ...world.passThrough(body), name: `pass-through, ${name}` },
      await world.gated(`Callgate, ${name}`, allow, body),
    ];
    const calls = Math.ceil(effort.calls * share);
    for (const concurrency of [1, 32]) {
      say(`${name}, ${concurrency} at once`);
      rows.push(...(await compare(targets, concurrency, { ...effort, calls })));
    }
  }
  return { title: "Answers", calls: rows, figures: [] };
};
