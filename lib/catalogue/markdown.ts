import { CATEGORY_TEXT, RISK_CLASS_LABEL, SIGNAL_TEXT } from "#lib/catalog/describe.ts";
import { type Parameter, parameterSummary } from "#lib/catalog/parameters.ts";
import { SIGNALS } from "#lib/catalog/types.ts";
import { riskClasses } from "#lib/policy/types.ts";
import { livesElsewhere, type MisplacedTool } from "./elsewhere.ts";
import type {
  CatalogueServerDetail,
  CatalogueServerRow,
  CatalogueToolDetail,
  CatalogueToolPage,
} from "./read.ts";
import { summaryOf } from "./summary.ts";
import { ecosystemName, proposedPolicy, type ToolText } from "./tool-text.ts";

/** A tool's page for readers that are programs. `base` is the site's address without a last slash. */
export function toolMarkdown(page: CatalogueToolPage, text: ToolText, base: string): string {
  const { server, tool, versions, related } = page;
  const parameters = parameterSummary(tool.definition.inputSchema);
  return lines([
    `# ${tool.name}`,
    text.summary,
    [
      `- Server: [${server.title}](${base}/catalog/${server.slug}.md), ${ecosystemName(server.ecosystem)} package \`${server.package}\` ${server.version}, seen ${server.recordedAt}`,
      `- Category: ${CATEGORY_TEXT[tool.category].label}`,
      `- Risk class: ${RISK_CLASS_LABEL[tool.riskClass]}`,
      `- Parameters: ${parameters.total}, ${parameters.required} required`,
      `- Confidence: ${tool.confidence.toFixed(2)}`,
      `- Context cost: about ${tool.tokens} tokens`,
      `- Use it in Callgate: ${base}/orgs?register=${server.slug}`,
    ].join("\n"),
    `## What ${tool.name} does on ${server.title}`,
    text.does,
    text.description && quote(text.description),
    `## Why ${tool.name} needs a policy`,
    ...text.why,
    tool.evidence.length > 0 && "## From the tool's definition",
    tool.evidence
      .map((each) => `- ${each.source} “${oneLine(each.quote)}”: ${each.meaning}`)
      .join("\n"),
    `## Proposed rule`,
    text.proposal.reason,
    yamlBlock(text.proposal.yaml),
    tool.signals.length > 0 && "## Signals",
    SIGNALS.filter((signal) => tool.signals.includes(signal))
      .map((signal) => `- ${SIGNAL_TEXT[signal].label}: ${SIGNAL_TEXT[signal].advice}`)
      .join("\n"),
    "## Parameters",
    parameters.list.length === 0 ? "It takes none." : parameterLines(parameters.list, ""),
    ...text.questions.flatMap(({ question, answer, yaml }) => [
      `## ${question}`,
      answer,
      yaml && yamlBlock(yaml),
    ]),
    versions.length > 1 && "## Versions",
    versions.length > 1 &&
      versions
        .map(({ version, recordedAt, changed }) => {
          return `- ${version}, ${recordedAt}: ${changed ? "definition changed" : "as before"}`;
        })
        .join("\n"),
    related.length > 0 && "## Related tools",
    related.map((other) => toolLine(base, server.slug, other)).join("\n"),
  ]);
}

/** What to say where a tool is looked for that lives in another server. */
export function misplacedMarkdown({ tool, server, sentence }: MisplacedTool, base: string): string {
  const link = `${base}/catalog/${server}/${encodeURIComponent(tool)}.md`;
  return lines([`# ${tool}`, sentence, `[${tool}](${link})`]);
}

/** A server's page, likewise. */
export function serverMarkdown(server: CatalogueServerDetail, base: string): string {
  const { tokens, classes } = summaryOf(server);
  const elsewhere = livesElsewhere(server.slug);
  return lines([
    `# ${server.title}`,
    server.summary,
    [
      `- Package: \`${server.package}\` ${server.version} (${ecosystemName(server.ecosystem)}), seen ${server.recordedAt}`,
      `- Started with: \`${server.command}\``,
      server.license && `- License: ${server.license}`,
      server.homepage && `- Homepage: ${server.homepage}`,
      `- Tools: ${server.tools.length}`,
      `- By class: ${riskClasses
        .toReversed()
        .filter((each) => classes[each] > 0)
        .map((each) => `${classes[each]} ${RISK_CLASS_LABEL[each]}`)
        .join(", ")}`,
      `- Context cost: about ${tokens} tokens for all definitions`,
      `- Use it in Callgate: ${base}/orgs?register=${server.slug}`,
    ]
      .filter((line) => line !== null && line !== "")
      .join("\n"),
    `## Tools, the most dangerous first`,
    server.tools
      .map((tool) => {
        const { parametersTotal: total, parametersRequired: required } = tool;
        return `${toolLine(base, server.slug, tool)}; parameters: ${total}, ${required} required`;
      })
      .join("\n"),
    ...elsewhere.map(({ tool, server: home, title, sentence }) => {
      const link = `${base}/catalog/${home}/${encodeURIComponent(tool)}.md`;
      return `Looking for ${tool}? ${sentence} [${tool} of ${title}](${link})`;
    }),
    `## Proposed policy`,
    yamlBlock(proposedPolicy(server.tools)),
  ]);
}

/** The list of servers, likewise. */
export function catalogueMarkdown(servers: readonly CatalogueServerRow[], base: string): string {
  return lines([
    `# MCP servers and their tools`,
    `${servers.length} servers, each recorded from its real package and classified by Callgate.`,
    servers
      .map(({ slug, title, summary, tools }) => {
        return `- [${title}](${base}/catalog/${slug}.md): ${summary} ${tools} tools.`;
      })
      .join("\n"),
  ]);
}

function parameterLines(list: readonly Parameter[], indent: string): string {
  return list
    .map(({ name, type, required, description, enumValues, children }) => {
      const values = enumValues.length === 0 ? "" : `, one of ${oneLine(enumValues.join(", "))}`;
      const says = description === "" ? "" : `: ${oneLine(description)}`;
      const own = `${indent}- \`${name}\` (${type}${required ? ", required" : ""}${values})${says}`;
      return children.length === 0 ? own : `${own}\n${parameterLines(children, `${indent}  `)}`;
    })
    .join("\n");
}

function toolLine(
  base: string,
  server: string,
  { name, category, riskClass }: Pick<CatalogueToolDetail, "name" | "category" | "riskClass">,
): string {
  const link = `${base}/catalog/${server}/${encodeURIComponent(name)}.md`;
  return `- [${name}](${link}): ${CATEGORY_TEXT[category].label}, ${RISK_CLASS_LABEL[riskClass]}`;
}

function lines(parts: readonly (string | null | false)[]): string {
  return `${parts.filter((part) => typeof part === "string" && part !== "").join("\n\n")}\n`;
}

function yamlBlock(yaml: string): string {
  return `\`\`\`yaml\n${yaml.trimEnd()}\n\`\`\``;
}

/** A server's words are quoted, so that no heading or fence of theirs becomes ours. */
function quote(text: string): string {
  return text
    .split("\n")
    .map((line) => `> ${line.replaceAll("`", "'")}`)
    .join("\n");
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
