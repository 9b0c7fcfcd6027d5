import type { OrgContext } from "#lib/auth/context.ts";
import { requirePermission } from "#lib/auth/permissions.ts";
import { parameterSummary } from "#lib/catalog/parameters.ts";
import { type Evidence, SIGNALS, type Signal } from "#lib/catalog/types.ts";
import { database } from "#lib/db.ts";
import { AppError } from "#lib/errors.ts";
import { parseInput } from "#lib/input.ts";
import type { PolicyDocument } from "#lib/policy/document.ts";
import { type EffectiveRule, effectiveRule } from "#lib/policy/effective.ts";
import type { Category, RiskClass } from "#lib/policy/types.ts";
import { authorName } from "#lib/rules/author.ts";
import { storedDocument } from "#lib/rules/stored.ts";
import { findServer } from "#lib/servers/find.ts";
import { ServerInput } from "#lib/servers/schema.ts";
import type { Tool } from "#prisma/client.ts";
import { type ChangeDetail, changesOf } from "./compare.ts";
import { classifiedFactsOf, factsOf } from "./facts.ts";
import { heldKindOf } from "./review.ts";
import { ToolInput } from "./schema.ts";

export { acceptTools } from "./accept.ts";
export { listDefinitions, listRemovedTools } from "./history.ts";
export { clearOverride, overrideTool } from "./override.ts";
export { type ServerReview, type ServerReviewChange, setServerReview } from "./review-settings.ts";

/** Who set a tool's category and class by hand, why, and what it was classified as. */
export interface ToolOverrideDetail {
  by: string;
  at: Date;
  note: string;
  classified: { category: Category; riskClass: RiskClass };
}

/** A tool with its class and with what the server's default policy says of it. */
export interface ToolRow {
  id: string;
  name: string;
  title: string | null;
  description: string;
  parameters: { total: number; required: number };
  category: Category;
  riskClass: RiskClass;
  /** 0 to 1. */
  confidence: number;
  signals: Signal[];
  rationale: string;
  evidence: Evidence[];
  /** Category and class above are a person's; null when they are the classifier's. */
  override: ToolOverrideDetail | null;
  state: "accepted" | "held" | "removed";
  /** The accepted definition as the server sent it; of a tool that is new, the held one. */
  definition: unknown;
  /** What the server announces now and nobody has accepted; only while held. */
  heldDefinition?: unknown;
  /** What of it differs from the accepted one; of a new tool all of it. Empty while nothing is held. */
  heldChanges: ChangeDetail[];
  heldDigest: string | null;
  /** Held because it is new, not because it changed. */
  isNew: boolean;
  rule: EffectiveRule;
  calls24h: number;
  refused24h: number;
  firstSeenAt: Date;
  lastSeenAt: Date;
}

/** The tools a server offers, held ones included, by name; a fixed number of queries. */
export async function listTools(context: OrgContext, input: unknown): Promise<ToolRow[]> {
  requirePermission(context, "servers.read");
  const { server: slug } = parseInput(ServerInput, input);
  const server = await findServer(context, slug);
  const [tools, document, counts] = await Promise.all([
    database().tool.findMany({
      where: { orgId: context.org.id, serverId: server.id, state: { not: "removed" } },
      orderBy: { name: "asc" },
    }),
    readDocument(context.org.id, server.policyId),
    countCalls(context.org.id, server.id),
  ]);
  const countOf = new Map(counts.map((count) => [count.tool, count]));
  return tools.map((tool) => toRow(tool, document, countOf.get(tool.name)));
}

/** One tool, also one that the server no longer offers. @throws AppError `not_found` */
export async function getTool(context: OrgContext, input: unknown): Promise<ToolRow> {
  requirePermission(context, "servers.read");
  const { server: slug, tool: name } = parseInput(ToolInput, input);
  const server = await findServer(context, slug);
  const [tool, document, counts] = await Promise.all([
    database().tool.findUnique({
      where: {
        orgId_serverId_name: { orgId: context.org.id, serverId: server.id, name },
      },
    }),
    readDocument(context.org.id, server.policyId),
    countCalls(context.org.id, server.id),
  ]);
  if (!tool) {
    throw new AppError(
      "not_found",
      `${slug} has no tool ${name}. Check the name, or read its tools again.`,
    );
  }
  return toRow(
    tool,
    document,
    counts.find((count) => count.tool === name),
  );
}

export interface ToolCount {
  tool: string;
  count: number;
  refused: number;
}

/** How often agents called each tool of a server in the last 24 hours; tools that nobody called are left out. */
export function countCalls(orgId: string, serverId: string): Promise<ToolCount[]> {
  return database().$queryRaw`
    select tool, sum(calls)::int as count,
      coalesce(sum(calls) filter (where not observed and decision in ('denied', 'hidden', 'limited')), 0)::int
        as refused
    from call_counts(${orgId}::uuid, now() - interval '24 hours')
    where server_id = ${serverId}::uuid
    group by tool`;
}

/** The policy as it is now. */
export async function readDocument(orgId: string, policyId: string): Promise<PolicyDocument> {
  const [version] = await database().$queryRaw<{ document: unknown }[]>`
    select v.document from policies p
    join policy_versions v on v.org_id = p.org_id and v.policy_id = p.id and v.version = p.version
    where p.org_id = ${orgId}::uuid and p.id = ${policyId}::uuid`;
  return storedDocument(version?.document);
}

function toRow(tool: Tool, document: PolicyDocument, count: ToolCount | undefined): ToolRow {
  const facts = factsOf(tool);
  const { title, description, inputSchema } = textsOf(tool.definition);
  const held = heldKindOf(tool);
  const { total, required } = parameterSummary(inputSchema);
  return {
    id: tool.id,
    name: tool.name,
    title,
    description,
    parameters: { total, required },
    category: facts.category,
    riskClass: facts.riskClass,
    confidence: tool.confidence,
    signals: SIGNALS.filter((signal) => tool.signals.includes(signal)),
    rationale: tool.rationale,
    // A cast, because the column is JSON: only `classificationOf` writes it.
    evidence: tool.evidence as unknown as Evidence[],
    override: overrideOf(tool),
    state: tool.state,
    definition: tool.definition,
    ...(held !== null && { heldDefinition: tool.heldDefinition }),
    heldChanges: changesOf(held, tool.definition, tool.heldDefinition),
    heldDigest: held === null ? null : tool.heldDigest,
    isNew: held === "new",
    rule: effectiveRule(document, facts),
    calls24h: count?.count ?? 0,
    refused24h: count?.refused ?? 0,
    firstSeenAt: tool.firstSeenAt,
    lastSeenAt: tool.lastSeenAt,
  };
}

function overrideOf(tool: Tool): ToolOverrideDetail | null {
  const { overrideBy, overrideAt, overrideNote, ...stored } = tool;
  if (overrideAt === null) return null;
  const { category, riskClass } = classifiedFactsOf(stored);
  return {
    by: authorName(overrideBy ?? ""),
    at: overrideAt,
    note: overrideNote ?? "",
    classified: { category, riskClass },
  };
}

function textsOf(definition: unknown): {
  title: string | null;
  description: string;
  inputSchema: unknown;
} {
  const given = new Map(Object.entries(definition ?? {}));
  const text = (name: string) => {
    const value: unknown = given.get(name);
    return typeof value === "string" && value !== "" ? value : null;
  };
  return {
    title: text("title"),
    description: text("description") ?? "",
    inputSchema: given.get("inputSchema"),
  };
}
