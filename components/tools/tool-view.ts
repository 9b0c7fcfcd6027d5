import type { EffectiveRule } from "#lib/policy/effective.ts";
import type { Category, RiskClass } from "#lib/policy/types.ts";
import type { ChangeDetail } from "#lib/tools/compare.ts";

/** A tool as the table shows it; the drawer reads the rest when it opens. */
export interface ToolView {
  name: string;
  description: string;
  parameters: { total: number; required: number };
  category: Category;
  riskClass: RiskClass;
  /**
   * `new`: never accepted; `changed`: accepted once, announced differently since; `duplicate`: one of several under
   * its name, which only the server can put right.
   */
  held: "new" | "changed" | "duplicate" | null;
  /** What of the held definition cannot be taken on trust. */
  doubts: readonly ("unsafe_name" | "foreign_reference")[];
  /** What the held definition counts as once it is accepted, and its signs of tool poisoning. */
  heldAs: { category: Category; riskClass: RiskClass; signs: readonly string[] } | null;
  /** Names the held definition that is shown here, so that only this one is accepted. */
  heldDigest: string | null;
  /** How it differs from the accepted definition; of a new tool all of it. */
  heldChanges: ChangeDetail[];
  rule: EffectiveRule;
  calls24h: number;
  refused24h: number;
}

/** What each signal is called and what it advises. */
export type SignalTexts = Readonly<Record<string, { label: string; advice: string }>>;

export interface ToolGroup {
  id: "held" | Category;
  tools: ToolView[];
}

export interface ToolFilter {
  query: string;
  category: string | null;
  risk: string | null;
  rule: string | null;
}

const worstFirst: readonly Category[] = ["financial", "destructive", "execute", "write", "read"];
const riskOrder: readonly RiskClass[] = ["critical", "high", "medium", "low"];

/** Held tools on top, then by category, the worst first; inside a group by risk class, then name. */
export function groupTools(tools: readonly ToolView[]): ToolGroup[] {
  const sorted = tools.toSorted(
    (a, b) =>
      riskOrder.indexOf(a.riskClass) - riskOrder.indexOf(b.riskClass) ||
      a.name.localeCompare(b.name),
  );
  const held: ToolGroup = { id: "held", tools: sorted.filter((tool) => tool.held !== null) };
  const others = worstFirst.map((category) => ({
    id: category,
    tools: sorted.filter((tool) => tool.held === null && tool.category === category),
  }));
  return [held, ...others].filter((group) => group.tools.length > 0);
}

/** Words of the query may stand anywhere in name or description. */
export function filterTools(tools: readonly ToolView[], filter: ToolFilter): ToolView[] {
  const words = filter.query.toLowerCase().split(/\s+/).filter(Boolean);
  return tools.filter((tool) => {
    const text = `${tool.name} ${tool.description}`.toLowerCase();
    return (
      words.every((word) => text.includes(word)) &&
      (filter.category === null || tool.category === filter.category) &&
      (filter.risk === null || tool.riskClass === filter.risk) &&
      (filter.rule === null || ruleFacet(tool.rule) === filter.rule)
    );
  });
}

/** What the rule filter compares: a choice, or that no rule was set for the tool itself. */
function ruleFacet(rule: EffectiveRule): string {
  return rule.source === "tool" || rule.conditionCount > 0 ? rule.choice : "unset";
}
