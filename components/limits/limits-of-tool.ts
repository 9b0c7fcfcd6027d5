import type { LimitUsageRow } from "#lib/limits/limits.ts";
import { parseToolKey } from "#lib/policy/tool-key.ts";
import type { Category, RiskClass } from "#lib/policy/types.ts";

/** The limits in use that a tool's calls count against; those of all tools together come last. */
export function limitsOfTool(
  usage: readonly LimitUsageRow[],
  tool: { name: string; category: Category; riskClass: RiskClass },
): LimitUsageRow[] {
  const speaks = ({ target }: LimitUsageRow) => {
    if (target.startsWith("tools.")) {
      const key = parseToolKey(target.slice("tools.".length));
      return key?.kind === "name" ? key.name === tool.name : key?.matches(tool.name) === true;
    }
    return target === `classes.${tool.category}` || target === `classes.${tool.riskClass}`;
  };
  return [...usage.filter(speaks), ...usage.filter(({ target }) => target === "all_tools")];
}
