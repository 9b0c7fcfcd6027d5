import type { EffectiveRule } from "#lib/policy/effective.ts";
import type { CommandRow } from "#lib/policy/split/split.ts";
import { type Category, riskClasses } from "#lib/policy/types.ts";

/** A tool whose argument chooses the operation, with what holds for each. */
export interface CommandsOfTool {
  tool: string;
  path: string;
  joinedWith: string | null;
  commands: CommandRow[];
  /** What holds for every command without a rule of its own. */
  others: EffectiveRule;
}

const worstFirst: readonly Category[] = ["financial", "destructive", "execute", "write", "read"];

/** By category, the worst first; inside by risk, then by name. */
export function groupCommands(
  commands: readonly CommandRow[],
): { category: Category; commands: CommandRow[] }[] {
  const sorted = commands.toSorted(
    (left, right) =>
      riskClasses.indexOf(right.riskClass) - riskClasses.indexOf(left.riskClass) ||
      left.command.localeCompare(right.command),
  );
  return worstFirst
    .map((category) => ({
      category,
      commands: sorted.filter((each) => each.category === category),
    }))
    .filter((group) => group.commands.length > 0);
}

/** Whether a command has a rule of its own, as far as one can see. */
export function differs(rule: EffectiveRule, others: EffectiveRule): boolean {
  const { conditionCount: _, ...own } = rule;
  const { conditionCount: __, ...rest } = others;
  return JSON.stringify(own) !== JSON.stringify(rest);
}
