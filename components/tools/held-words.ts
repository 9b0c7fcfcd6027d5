import type { ToolView } from "./tool-view.ts";

export const heldLabels: Record<NonNullable<ToolView["held"]>, string> = {
  new: "New",
  changed: "Changed",
  duplicate: "Listed twice",
};

/** Why agents do not get it, and what has to happen. */
export const heldSentences: typeof heldLabels = {
  new: "A new tool. Agents do not see it until somebody accepts it.",
  changed:
    "The server announces it differently now. Agents do not get it until somebody accepts the change.",
  duplicate:
    "The server lists more than one tool under this name, so nobody can say which one a call would run. Agents do not get it until the server gives each tool a name of its own.",
};

/** What to look at before accepting it. */
export const doubtSentences: Record<ToolView["doubts"][number], string> = {
  unsafe_name:
    "Its name has characters or a length that MCP does not allow: it may pass for another tool.",
  foreign_reference:
    "Its schema refers to another document, which can change unseen. Callgate never reads it.",
};

/** Whether a person can accept it, or only the server can put it right. */
export function isAcceptable({ held }: Pick<ToolView, "held">): boolean {
  return held === "new" || held === "changed";
}

/** Whether the held definition counts as something else than what is accepted now. */
export function isReclassified({ held, heldAs, category, riskClass }: ToolView): boolean {
  if (held !== "changed" || heldAs === null) return false;
  return heldAs.category !== category || heldAs.riskClass !== riskClass;
}

/** Whether the held definition has signs of tool poisoning. */
export function isSuspicious({ heldAs }: Pick<ToolView, "heldAs">): boolean {
  return heldAs !== null && heldAs.signs.length > 0;
}
