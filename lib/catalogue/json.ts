import type { CatalogueServerDetail, CatalogueServerRow, CatalogueToolPage } from "./read.ts";
import { proposedPolicy, type ToolText } from "./tool-text.ts";

/** A tool's page as data. */
export function toolJson({ server, tool, versions }: CatalogueToolPage, text: ToolText) {
  return {
    name: tool.name,
    server: server.slug,
    package: server.package,
    version: server.version,
    recordedAt: server.recordedAt,
    category: tool.category,
    riskClass: tool.riskClass,
    confidence: tool.confidence,
    signals: tool.signals,
    rationale: tool.rationale,
    evidence: tool.evidence,
    parameters: { total: tool.parametersTotal, required: tool.parametersRequired },
    tokens: tool.tokens,
    proposal: text.proposal,
    definition: tool.definition,
    versions,
  };
}

/** A server's page as data. */
export function serverJson({ tools, ...server }: CatalogueServerDetail) {
  return {
    ...server,
    policy: proposedPolicy(tools),
    tools: tools.map(({ definition: _large, evidence: _detail, ...tool }) => tool),
  };
}

/** The list of servers as data. */
export function catalogueJson(servers: readonly CatalogueServerRow[]) {
  return { servers };
}
