import { CATEGORY_TEXT, RISK_CLASS_LABEL } from "#lib/catalog/describe.ts";
import { proposePolicy, proposeTool } from "#lib/catalog/propose.ts";
import { SIGNALS, type ToolDefinition } from "#lib/catalog/types.ts";
import type { PolicyDocument, Rule } from "#lib/policy/document.ts";
import { formatPolicy } from "#lib/policy/format.ts";
import { toolKeyOf } from "#lib/policy/tool-key.ts";
import type { Category } from "#lib/policy/types.ts";
import type { CatalogueToolDetail, CatalogueToolPage } from "./read.ts";

/** A question people ask about a tool, with its anchor on the page. */
export interface ToolQuestion {
  id: string;
  question: string;
  answer: string;
  /** A policy to copy. */
  yaml: string | null;
}

/** The words of a tool's page: each sentence follows from the definition or its classification. */
export interface ToolText {
  /** One line, for lists and search engines; at most 160 characters. */
  summary: string;
  /** The first line of the description, or the summary; at most 300 characters. */
  lead: string;
  does: string;
  /** The server's own words, null when it has none. */
  description: string | null;
  why: string[];
  questions: ToolQuestion[];
  proposal: { yaml: string; reason: string };
}

const does: Record<Category, (server: string) => string> = {
  read: (server) =>
    `Agents call it to look something up through ${server}. It returns data and changes nothing, so what it can do is show an agent more than it should see.`,
  write: (server) =>
    `Agents call it to create or change something through ${server}. Every call leaves real data different from before.`,
  execute: (server) =>
    `Agents call it to start something through ${server}. What happens then depends on the arguments more than on the name.`,
  destructive: (server) =>
    `Agents call it to remove or end something through ${server}. What a call has removed, no later call brings back.`,
  financial: (server) =>
    `Agents call it to move or commit money through ${server}. Once it has gone through, no later call undoes it.`,
};

const advice: Record<Category, string> = {
  read: "Reads can usually be allowed; a limit keeps an agent in a loop from emptying the source.",
  write: "Limit writes, so that a loop cannot change everything before somebody looks.",
  execute: "Limit it and check its arguments: the name alone does not say what a call will do.",
  destructive: "Deny it, or let a person approve each call.",
  financial: "Let a person approve each call, and limit how many there can be.",
};

/** The words for one tool's page, from its stored entry. */
export function toolText({ server, tool, curated }: CatalogueToolPage): ToolText {
  const description = descriptionOf(tool);
  const category = CATEGORY_TEXT[tool.category];
  const line = proposeTool(classified(tool), curated);
  const summary = summaryOf(tool, server.title, description);
  return {
    summary,
    lead: description === null ? summary : cut(description.split("\n", 1)[0] ?? "", 300),
    does: does[tool.category](server.title),
    description,
    why: [
      tool.rationale,
      `${category.label} means that it ${category.meaning}; its risk class is ${RISK_CLASS_LABEL[tool.riskClass]}. ${advice[tool.category]}`,
      ...(description === null
        ? [
            "The server describes it with no word of its own, so confidence is lower: look at what it does before you allow it.",
          ]
        : []),
    ],
    questions: questionsOf(tool, server, description),
    proposal: { yaml: policyYaml({ [tool.name]: line.rule }), reason: line.reason },
  };
}

/** What the server proposes to do with all its tools, as a policy to copy. */
export function proposedPolicy(tools: readonly ProposedFor[]): string {
  return formatPolicy(proposePolicy(tools.map(classified)).document, "yaml");
}

type ProposedFor = Pick<
  CatalogueToolDetail,
  "definition" | "name" | "category" | "riskClass" | "signals"
>;

function classified({ definition, name, category, riskClass, signals }: ProposedFor) {
  return {
    definition: { ...definition, name } as ToolDefinition, // readDefinition has checked it at import
    classification: {
      category,
      riskClass,
      signals: SIGNALS.filter((each) => signals.includes(each)),
    },
  };
}

function questionsOf(
  { name, category, riskClass }: CatalogueToolDetail,
  server: CatalogueToolPage["server"],
  description: string | null,
): ToolQuestion[] {
  const { label, meaning } = CATEGORY_TEXT[category];
  const says =
    description === null ? "" : ` In the server's own words: “${firstSentence(description)}”`;
  return [
    {
      id: "what-it-does",
      question: `What does the ${name} tool do?`,
      answer: `${name} is a ${label} tool of ${server.title}: it ${meaning}.${says}`,
      yaml: null,
    },
    {
      id: "enforce-a-policy",
      question: `How do I enforce a policy on ${name}?`,
      answer: `Register ${server.title} in Callgate, set a rule for ${name} (allow, rate-limit, require approval, deny or hide) and give your agents the proxy URL instead of the server's. Every call is then decided and recorded before it reaches ${server.title}; the agent needs no change but the URL.`,
      yaml: null,
    },
    {
      id: "risk-level",
      question: `What risk level is ${name}?`,
      answer: `${RISK_CLASS_LABEL[riskClass]}. ${label} tools start at ${startOf(category)}; the class moves only on evidence in the definition. ${advice[category]}`,
      yaml: null,
    },
    {
      id: "rate-limit",
      question: `Can I rate-limit ${name}?`,
      answer: `Yes. A rate_limit block with max 10 and window 60 admits ten calls in any sixty seconds, exactly, over any number of proxies; each slot frees itself a minute after its use. By default it counts per agent session, with per: agent, server or org for more.`,
      yaml: policyYaml({
        [name]: { action: "allow", rate_limit: { max: 10, window: 60, per: "session" } },
      }),
    },
    {
      id: "block-it",
      question: `How do I block ${name} completely?`,
      answer: `Set action: deny. The agent is told that the call was refused, and why in the words of reason; the call never reaches the server. With action: hide the tool is not even listed.`,
      yaml: policyYaml({ [name]: { action: "deny", reason: `${name} is not for agents here.` } }),
    },
    {
      id: "which-server",
      question: `Which MCP server provides ${name}?`,
      answer: `${server.title}, from the ${ecosystemName(server.ecosystem)} package ${server.package}, seen in version ${server.version} on ${server.recordedAt}. Callgate stands in front of it as a proxy; it does not replace it.`,
      yaml: null,
    },
  ];
}

function policyYaml(tools: Record<string, Rule | Rule[]>): string {
  const rules = Object.entries(tools).map(([name, rule]) => [toolKeyOf(name), rule] as const);
  const document: PolicyDocument = {
    version: 1,
    default: "deny",
    tools: Object.fromEntries(rules),
  };
  return formatPolicy(document, "yaml");
}

function startOf(category: Category): string {
  switch (category) {
    case "read":
      return "Low";
    case "write":
      return "Medium";
    case "execute":
      return "High";
    case "destructive":
    case "financial":
      return "Critical";
  }
}

export function ecosystemName(ecosystem: string): string {
  return ecosystem === "pypi" ? "PyPI" : "npm";
}

function descriptionOf({ definition, name }: CatalogueToolDetail): string | null {
  const { description } = definition;
  if (typeof description !== "string") return null;
  const text = description.trim();
  return text === "" || text === name ? null : text;
}

function summaryOf(tool: CatalogueToolDetail, server: string, description: string | null): string {
  const { label } = CATEGORY_TEXT[tool.category];
  const facts = `${label} tool of ${server}, risk class ${RISK_CLASS_LABEL[tool.riskClass]}.`;
  if (description === null) return facts;
  return cut(`${facts} ${firstSentence(description)}`, 160);
}

function firstSentence(text: string): string {
  const line =
    text
      .split(/\n\s*\n|\n\s*[-*#]/, 1)[0]
      ?.replace(/\s+/g, " ")
      .trim() ?? "";
  return cut(/^.*?[.!?](?=\s|$)/.exec(line)?.[0] ?? line, 240);
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1).trimEnd()}…`;
}
