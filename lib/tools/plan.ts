import { newId } from "#lib/ids.ts";
import type { ReadDefinition } from "./definition.ts";
import { isOfTwins } from "./digest.ts";
import { doubtsOf } from "./doubts.ts";
import type { Judge } from "./judge.ts";
import type { Recorded, ToolRecord } from "./record.ts";
import { reviewDefinition, wasAccepted } from "./review.ts";
import type { ToolColumns } from "./write.ts";

/** What a discovery does to the record of a server's tools. */
export interface Plan {
  /** Not on record so far. */
  added: ToolColumns[];
  changed: ToolColumns[];
  removed: { id: string; name: string; wasAccepted: boolean }[];
  /** What passes without a person. */
  harmless: { id: string; name: string }[];
}

/**
 * Compares what was seen with the record. What is new or changed is held; at the baseline only what is
 * doubtful or listed twice is. Harmless changes pass where the server is set so. What is missing is removed.
 *
 * @param staged tools on record that are there for this discovery only (`stageTools`): what they are comes yet
 */
export function planChanges(
  record: ToolRecord,
  seen: ReadonlyMap<string, ReadDefinition>,
  judge: Judge,
  staged: ReadonlySet<string> = new Set(),
): Plan {
  const plan: Plan = { added: [], changed: [], removed: [], harmless: [] };
  const known = new Set<string>();
  const idOf = new Map<string, string>();
  for (const tool of record.recorded) {
    if (staged.has(tool.id)) {
      idOf.set(tool.name, tool.id);
      continue;
    }
    known.add(tool.name);
    const read = seen.get(tool.name);
    if (read) planChange(plan, record, tool, read, judge);
    else if (tool.state !== "removed") {
      plan.removed.push({ id: tool.id, name: tool.name, wasAccepted: wasAccepted(tool) });
    }
  }
  for (const read of seen.values()) {
    if (known.has(read.name)) continue;
    planNew(plan, record, { id: idOf.get(read.name) ?? newId(), name: read.name }, read, judge);
  }
  return plan;
}

function planNew(
  plan: Plan,
  record: ToolRecord,
  tool: { id: string; name: string },
  read: ReadDefinition,
  judge: Judge,
): void {
  const { isBaseline, trusted, acceptsHarmless } = record;
  const isHarmless = !isBaseline && acceptsHarmless && judge.isHarmless(null, read);
  const isPlain = isBaseline && !isOfTwins(read.digest) && doubtsOf(read.definition).length === 0;
  const isHeld = !isHarmless && !isPlain;
  plan.added.push({ ...tool, ...read, isHeld, stands: true, ...judge.classify(read, trusted) });
  if (isHarmless) plan.harmless.push(tool);
}

function planChange(
  plan: Plan,
  { trusted, acceptsHarmless }: ToolRecord,
  tool: Recorded,
  read: ReadDefinition,
  judge: Judge,
): void {
  const { kind } = reviewDefinition(tool, read);
  const { id, name } = tool;
  switch (kind) {
    case "unchanged":
      return;
    case "restore":
      plan.changed.push({ id, name, isHeld: false, stands: false });
      return;
    case "hold":
    case "replace": {
      const isNew = kind === "replace";
      const isHeld = !acceptsHarmless || !judge.isHarmless(isNew ? null : tool, read);
      const stands = isNew || !isHeld;
      const classes = stands ? judge.classify(read, trusted) : {};
      plan.changed.push({ id, ...read, isHeld, stands, ...classes });
      if (!isHeld) plan.harmless.push({ id, name });
    }
  }
}
