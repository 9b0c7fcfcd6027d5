import { livesElsewhere, type MisplacedTool } from "./elsewhere.ts";
import type { CatalogueServerDetail, CatalogueServerRow, CatalogueToolPage } from "./read.ts";
import { summaryOf } from "./summary.ts";
import { proposedPolicy, type ToolText } from "./tool-text.ts";

/** A tool's page as data. */
export function toolJson({ server, tool, versions, related }: CatalogueToolPage, text: ToolText) {
  return {
    name: tool.name,
    summary: text.summary,
    server: server.slug,
    package: server.package,
    version: server.version,
    recordedAt: server.recordedAt,
    category: tool.category,
    riskClass: tool.riskClass,
    confidence: tool.confidence,
    signals: tool.signals,
    does: text.does,
    why: text.why,
    rationale: tool.rationale,
    evidence: tool.evidence,
    parameters: { total: tool.parametersTotal, required: tool.parametersRequired },
    tokens: tool.tokens,
    proposal: text.proposal,
    questions: text.questions,
    definition: tool.definition,
    versions,
    related,
  };
}

/** What to say where a tool is looked for that lives in another server. */
export function misplacedJson({ tool, server, sentence }: MisplacedTool, base: string) {
  const livesIn = `${base}/catalog/${server}/${encodeURIComponent(tool)}.json`;
  return { name: tool, server, message: sentence, livesIn };
}

/** A server's page as data. */
export function serverJson({ tools, ...server }: CatalogueServerDetail) {
  return {
    ...server,
    ...summaryOf({ tools }),
    elsewhere: livesElsewhere(server.slug),
    policy: proposedPolicy(tools),
    tools: tools.map(({ definition: _large, evidence: _detail, ...tool }) => tool),
  };
}

/** The list of servers as data. */
export function catalogueJson(servers: readonly CatalogueServerRow[]) {
  return { servers };
}
