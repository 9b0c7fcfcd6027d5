import { maxTools, type PolicyDocument, type Rule } from "#lib/policy/document.ts";
import { toolKeyOf } from "#lib/policy/tool-key.ts";
import type { RateLimit } from "#lib/policy/types.ts";
import { argumentChecks, selectorOf } from "./argument-checks.ts";
import { curatedProposal } from "./curated.ts";
import { parameterSummary } from "./parameters.ts";
import type { Classification, ToolDefinition } from "./types.ts";
import { severity } from "./vocabulary.ts";

/** A tool as the catalogue has it; category and class may be a person's own. */
export interface ClassifiedTool {
  definition: ToolDefinition;
  classification: Pick<Classification, "category" | "riskClass" | "signals">;
}

export interface ProposedLine {
  tool: string;
  /** What stands under the tool's key in the document. */
  rule: Rule | Rule[];
  /** One sentence for people: why this rule. */
  reason: string;
}

export interface PolicyProposal {
  document: PolicyDocument;
  /** The document's tools in its order: the worst first. */
  lines: ProposedLine[];
}

const perMinute = (max: number): RateLimit => ({ max, window: 60, per: "agent" });

/**
 * A policy to begin with, for people to change: what no line speaks of is denied, Read is allowed, Write
 * and Execute are limited, Destructive and Financial wait for approval or are denied. Pure; the
 * document is valid for any tools. Names that two tools share are denied.
 */
export function proposePolicy(tools: readonly ClassifiedTool[]): PolicyProposal {
  const seen = new Map<string, number>();
  for (const { definition } of tools) {
    seen.set(definition.name, (seen.get(definition.name) ?? 0) + 1);
  }
  const curated = curatedProposal(tools.map(({ definition }) => definition));
  const taken = new Set<string>();
  const lines = tools
    .filter(({ definition }) => definition.name.length > 0 && definition.name.length <= 128)
    .toSorted((left, right) => order(right) - order(left))
    .filter(({ definition }) => {
      const first = !taken.has(definition.name);
      taken.add(definition.name);
      return first;
    })
    .slice(0, maxTools)
    .map((tool): ProposedLine => {
      const { name } = tool.definition;
      if ((seen.get(name) ?? 0) > 1) {
        return line(tool, deny("Two tools have this name."), "nobody can tell which of them runs");
      }
      return curated.get(name) ?? proposeFor(tool);
    });
  const rules = lines.map(({ tool, rule }) => [toolKeyOf(tool), rule] as const);
  return { document: { version: 1, default: "deny", tools: Object.fromEntries(rules) }, lines };
}

/**
 * The line of one tool in the proposal for its whole server, where no other tool has its name. `offered`:
 * which of `curatedTools` the server has.
 */
export function proposeTool(tool: ClassifiedTool, offered: readonly string[]): ProposedLine {
  const curated = curatedProposal(offered.map((name) => ({ name })));
  return curated.get(tool.definition.name) ?? proposeFor(tool);
}

const riskOrder = { low: 0, medium: 1, high: 2, critical: 3 } as const;

function order({ classification }: ClassifiedTool): number {
  return riskOrder[classification.riskClass] * 10 + severity(classification.category);
}

function proposeFor(tool: ClassifiedTool): ProposedLine {
  const { category, signals } = tool.classification;
  const has = (...wanted: (typeof signals)[number][]) =>
    wanted.some((signal) => signals.includes(signal));
  if (has("instruction_override", "hidden_text")) {
    return line(
      tool,
      deny("Its definition is under review."),
      "its definition carries orders or hidden text for the model: read it before allowing it",
    );
  }
  if (category === "financial") {
    return line(
      tool,
      { action: "require_approval", rate_limit: perMinute(10) },
      "Financial: it moves or commits money, and no later call undoes that",
    );
  }
  const byOperation = proposeByOperation(tool);
  if (byOperation !== undefined) return byOperation;
  switch (category) {
    case "read":
      return proposeRead(tool);
    case "write":
      return proposeWrite(tool);
    case "execute":
      return proposeExecute(tool);
    case "destructive":
      if (has("irreversible") && has("bulk")) {
        return line(
          tool,
          deny("It removes many things at once and for good."),
          "Destructive, in bulk, and irreversible by its own words",
        );
      }
      return line(
        tool,
        { action: "require_approval" },
        has("irreversible")
          ? "Destructive, and irreversible by its own words: a person decides each call"
          : "Destructive: a person decides each call",
      );
  }
}

function proposeRead(tool: ClassifiedTool): ProposedLine {
  const { riskClass, signals } = tool.classification;
  if (signals.includes("exposes_secrets")) {
    return line(tool, { action: "require_approval" }, "Read, but its result may contain secrets");
  }
  if (riskClass === "low") return line(tool, { action: "allow" }, "Read: it changes nothing");
  return line(
    tool,
    { action: "allow", rate_limit: perMinute(60) },
    "Read, with an argument that decides what is read: limited, so that nobody empties the source",
  );
}

function proposeWrite(tool: ClassifiedTool): ProposedLine {
  const { riskClass, signals } = tool.classification;
  if (riskClass === "critical") {
    return line(tool, { action: "require_approval" }, "Write of the Critical class");
  }
  if (signals.includes("creates_credentials")) {
    return line(
      tool,
      { action: "allow", rate_limit: perMinute(10) },
      "Write that creates credentials: few are ever needed",
    );
  }
  if (riskClass === "high" || signals.includes("bulk")) {
    const why = riskClass === "high" ? "of the High class" : "of many things in one call";
    return line(tool, { action: "allow", rate_limit: perMinute(10) }, `Write ${why}: a low limit`);
  }
  return line(
    tool,
    { action: "allow", rate_limit: perMinute(30) },
    "Write: limited, so that a loop cannot change everything",
  );
}

function proposeExecute(tool: ClassifiedTool): ProposedLine {
  if (tool.classification.riskClass === "critical") {
    return line(
      tool,
      { action: "require_approval", rate_limit: perMinute(10) },
      "Execute with open code or commands: only a person can judge what they do",
    );
  }
  const checks = argumentChecks(tool.definition);
  const allow: Rule = { action: "allow", rate_limit: perMinute(10) };
  if (checks.when.length === 0 && checks.deny.length === 0) {
    return line(tool, allow, "Execute: limited; its schema gives no handle for argument checks");
  }
  const rules: Rule[] = [
    ...checks.deny,
    checks.when.length === 0 ? allow : { ...allow, when: checks.when },
  ];
  return line(tool, rules, `Execute: limited, and ${checks.reason}`);
}

/** A tool whose enumerated argument selects the operation gets a rule for each kind of operation. */
function proposeByOperation(tool: ClassifiedTool): ProposedLine | undefined {
  const selector = selectorOf(parameterSummary(tool.definition.inputSchema).list);
  if (selector === undefined) return undefined;
  const { path, harmless, changing } = selector;
  const rules: Rule[] = [];
  if (harmless.length > 0) {
    rules.push({ action: "allow", when: [{ path, op: "in", value: harmless }] });
  }
  if (changing.length > 0) {
    const when = [{ path, op: "in" as const, value: changing }];
    rules.push({ action: "allow", when, rate_limit: perMinute(30) });
  }
  // What is neither, a value the schema does not announce included, goes to a person.
  const when = [{ path, op: "not_in" as const, value: [...harmless, ...changing] }];
  rules.push({ action: "require_approval", when });
  return line(
    tool,
    rules,
    `one tool, several operations: ${path} decides which of them pass and which wait for approval`,
  );
}

function line(tool: ClassifiedTool, rule: Rule | Rule[], reason: string): ProposedLine {
  const sentence = `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`;
  return { tool: tool.definition.name, rule, reason: sentence };
}

function deny(reason: string): Rule {
  return { action: "deny", reason };
}
