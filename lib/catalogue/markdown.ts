import { CATEGORY_TEXT, RISK_CLASS_LABEL } from "#lib/catalog/describe.ts";
import { parameterSummary } from "#lib/catalog/parameters.ts";
import type { CatalogueServerDetail, CatalogueServerRow, CatalogueToolPage } from "./read.ts";
import { ecosystemName, proposedPolicy, type ToolText } from "./tool-text.ts";

/** A tool's page for readers that are programs. `base` is the site's address without a last slash. */
export function toolMarkdown(page: CatalogueToolPage, text: ToolText, base: string): string {
  const { server, tool } = page;
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
      `- Signals: ${tool.signals.length === 0 ? "none" : tool.signals.join(", ")}`,
    ].join("\n"),
    `## What ${tool.name} does`,
    text.does,
    text.description && quote(text.description),
    parameters.list.length > 0 && `## Parameters`,
    parameters.list
      .map(({ name, type, required, description }) => {
        const says = description === "" ? "" : `: ${oneLine(description)}`;
        return `- \`${name}\` (${type}${required ? ", required" : ""})${says}`;
      })
      .join("\n"),
    `## Why ${tool.name} needs a policy`,
    ...text.why,
    `From the tool's definition:`,
    tool.evidence
      .map((each) => `- ${each.source} “${oneLine(each.quote)}”: ${each.meaning}`)
      .join("\n"),
    `## Proposed rule`,
    text.proposal.reason,
    yamlBlock(text.proposal.yaml),
    ...text.questions.flatMap(({ question, answer, yaml }) => [
      `## ${question}`,
      answer,
      yaml && yamlBlock(yaml),
    ]),
  ]);
}

/** A server's page, likewise. */
export function serverMarkdown(server: CatalogueServerDetail, base: string): string {
  return lines([
    `# ${server.title}`,
    server.summary,
    [
      `- Package: \`${server.package}\` ${server.version} (${ecosystemName(server.ecosystem)}), seen ${server.recordedAt}`,
      `- Started with: \`${server.command}\``,
      `- Tools: ${server.tools.length}`,
    ].join("\n"),
    `## Tools, worst first`,
    server.tools
      .map(({ name, category, riskClass }) => {
        const link = `${base}/catalog/${server.slug}/${encodeURIComponent(name)}.md`;
        return `- [${name}](${link}): ${CATEGORY_TEXT[category].label}, ${RISK_CLASS_LABEL[riskClass]}`;
      })
      .join("\n"),
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
