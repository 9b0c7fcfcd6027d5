import { type Category, type RiskClass, riskClasses } from "#lib/policy/types.ts";
import { CATEGORY_TEXT, RISK_CLASS_LABEL } from "./describe.ts";
import type { Signal } from "./types.ts";

const START: Record<Category, RiskClass> = {
  read: "low",
  write: "medium",
  execute: "high",
  destructive: "critical",
  financial: "critical",
};

export interface RiskInput {
  category: Category;
  signals: ReadonlySet<Signal>;
  /** Signals of what the tool takes directly. */
  open: ReadonlySet<Signal>;
  /** What it removes is part of a container, by its own words. */
  elementOnly: boolean;
  hints: { readOnly: boolean | undefined; destructive: boolean | undefined };
  trustedAnnotations: boolean;
  /** Name or description certainly say that it changes something. */
  certainChange: boolean;
}

/**
 * The risk class: the category's own, moved only by stated evidence. Returns the class and, when it
 * moved, why, as the rest of a sentence ("raised to High because …").
 */
export function riskClass(input: RiskInput): { riskClass: RiskClass; moves: string[] } {
  const { category, signals, hints } = input;
  let current = START[category];
  const moves: string[] = [];
  const move = (to: RiskClass, why: string) => {
    if (to === current) return;
    const direction = rank(to) > rank(current) ? "raised" : "lowered";
    moves.push(`${direction} to ${RISK_CLASS_LABEL[to]} because ${why}`);
    current = to;
  };
  const atLeast = (floor: RiskClass, why: string) => {
    if (rank(current) < rank(floor)) move(floor, why);
  };

  if (category === "destructive" && input.elementOnly && !signals.has("irreversible")) {
    move("high", "it removes part of a container, not the whole");
  }
  const open = openArgument(input.open, category);
  if (open !== undefined) move(step(current, 1), open);
  if (signals.has("irreversible") && (category === "write" || category === "execute")) {
    move(step(current, 1), "its own words say there is no way back");
  }
  if (signals.has("exposes_secrets")) atLeast("medium", "its result may contain secrets");
  if (hints.destructive === true) {
    // MCP gives this hint a meaning only without readOnlyHint; where a server sends both, the worse one counts.
    // Some servers give every tool this hint: against a definition that only reads it counts one step.
    atLeast(category === "read" ? "medium" : "high", "the server's own hint calls it destructive");
  }
  if (hints.readOnly === false) atLeast("medium", "the server's own hint says it is not read-only");
  if (input.trustedAnnotations) {
    // A trusted hint softens doubt; it does not outvote a definition that plainly says otherwise.
    if (hints.readOnly === true && hints.destructive !== true && !input.certainChange) {
      move(step(current, -1), "a trusted server's hint says it is read-only");
    } else if (hints.destructive === false && category === "destructive" && input.elementOnly) {
      move(step(current, -1), "a trusted server's hint says it is not destructive");
    }
  }
  if (signals.has("instruction_override") || signals.has("hidden_text")) {
    atLeast("high", "its text looks like tool poisoning");
  }
  return { riskClass: current, moves };
}

/** "Destructive starts at Critical": for rationales of classes that did not move. */
export function startSentence(category: Category): string {
  return `${RISK_CLASS_LABEL[START[category]]} is where ${CATEGORY_TEXT[category].label} starts`;
}

function openArgument(signals: ReadonlySet<Signal>, category: Category): string | undefined {
  if (signals.has("accepts_shell_command")) return "it accepts a shell command";
  if (signals.has("accepts_code")) return "it accepts code";
  if (signals.has("accepts_sql")) return "it accepts SQL";
  if (signals.has("accepts_template") && category === "execute") return "it runs a template";
  // That what it does depends on its arguments is what Execute means already.
  if (signals.has("selects_operation") && category !== "execute") {
    return "an open argument selects the operation";
  }
  return undefined;
}

function rank(riskClassName: RiskClass): number {
  return riskClasses.indexOf(riskClassName);
}

function step(from: RiskClass, by: 1 | -1): RiskClass {
  return riskClasses[rank(from) + by] ?? from;
}
