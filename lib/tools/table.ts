import type { OrgContext } from "#lib/auth/context.ts";
import { requirePermission } from "#lib/auth/permissions.ts";
import { parameterSummary } from "#lib/catalog/parameters.ts";
import type { Signal } from "#lib/catalog/types.ts";
import { database } from "#lib/db.ts";
import { parseInput } from "#lib/input.ts";
import { type EffectiveRule, effectiveRule } from "#lib/policy/effective.ts";
import type { Category, RiskClass } from "#lib/policy/types.ts";
import { findServer } from "#lib/servers/find.ts";
import { ServerInput } from "#lib/servers/schema.ts";
import { changesOf } from "./compare.ts";
import { classificationOf } from "./definition.ts";
import { type Doubt, doubtsOf, signsOfPoisoning } from "./doubts.ts";
import { factsOf, type StoredFacts } from "./facts.ts";
import { type HeldKind, heldKindOf, type RecordedTool } from "./review.ts";
import { countCalls, readDocument, type ToolRow } from "./tools.ts";

/** A tool as the table of its server shows it; `getTool` has the rest. */
export interface ToolTableRow
  extends Pick<
    ToolRow,
    | "name"
    | "description"
    | "parameters"
    | "category"
    | "riskClass"
    | "heldChanges"
    | "heldDigest"
    | "calls24h"
    | "refused24h"
  > {
  held: HeldKind | null;
  /** What of the held definition cannot be taken on trust. */
  doubts: Doubt[];
  /** What the held definition counts as once it is accepted, and its signs of tool poisoning. */
  heldAs: HeldClass | null;
  rule: EffectiveRule;
}

interface HeldClass {
  category: Category;
  riskClass: RiskClass;
  signs: Signal[];
}

interface Stored extends StoredFacts, RecordedTool {
  description: string;
  total: number;
  required: number;
  /** Only where the columns above do not say all: of a held tool, or where a schema refers to another. */
  definition: Record<string, unknown> | null;
  heldDefinition: unknown;
  /** Of the tool as it stands; of one that is new, of the held definition. */
  signals: string[];
}

/** A server with more tools sends the beginnings of their descriptions: what a row has room for. */
const manyTools = 500;
const beginning = 120;
const whole = 20_000;

/**
 * The tools a server offers, held ones included, by name, as a table has them: thousands of definitions stay in
 * the database. Rows with the same rule hold the same object.
 */
export async function listToolTable(context: OrgContext, input: unknown): Promise<ToolTableRow[]> {
  requirePermission(context, "servers.read");
  const { server: slug } = parseInput(ServerInput, input);
  const server = await findServer(context, slug);
  const [tools, document, counts] = await Promise.all([
    readStored(context, server.id),
    readDocument(context.org.id, server.policyId),
    countCalls(context.org.id, server.id),
  ]);
  const countOf = new Map(counts.map((count) => [count.tool, count]));
  const rules = new Map<string, EffectiveRule>();
  return tools.map((tool) => {
    const facts = factsOf(tool);
    const rule = effectiveRule(document, facts);
    const words = JSON.stringify(rule);
    rules.set(words, rules.get(words) ?? rule);
    const held = heldKindOf(tool);
    const count = countOf.get(tool.name);
    return {
      name: tool.name,
      description: tool.description,
      parameters: parametersOf(tool),
      category: facts.category,
      riskClass: facts.riskClass,
      held,
      doubts: held === null ? [] : doubtsOf(tool.heldDefinition),
      heldAs: heldClassOf(tool, held, server.trusted),
      heldChanges: changesOf(held, tool.definition, tool.heldDefinition),
      heldDigest: held === null ? null : tool.heldDigest,
      rule: rules.get(words) ?? rule,
      calls24h: count?.count ?? 0,
      refused24h: count?.refused ?? 0,
    };
  });
}

/** What is new is classified already; of what has changed, only the definition that agents get. */
function heldClassOf(tool: Stored, held: HeldKind | null, trusted: boolean): HeldClass | null {
  if (held === null || held === "duplicate") return null;
  const stored =
    held === "new" ? tool : { ...tool, ...classificationOf(tool.heldDefinition, trusted) };
  const { category, riskClass } = factsOf(stored);
  return { category, riskClass, signs: signsOfPoisoning(stored.signals) };
}

function parametersOf({ total, required, definition }: Stored): ToolTableRow["parameters"] {
  if (definition === null) return { total, required };
  const summary = parameterSummary(definition.inputSchema);
  return { total: summary.total, required: summary.required };
}

/** Each definition is unpacked once, which is nearly all of the time that this takes. */
function readStored(context: OrgContext, serverId: string): Promise<Stored[]> {
  return database().$queryRaw<Stored[]>`
    with size as (
      select count(*) > ${manyTools} as many from tools
      where org_id = ${context.org.id}::uuid and server_id = ${serverId}::uuid and state <> 'removed')
    select t.name, t.category, t.risk_class as "riskClass", t.override_category as "overrideCategory",
      t.override_risk_class as "overrideRiskClass", t.signals, t.state::text as state, t.digest,
      t.held_digest as "heldDigest",
      case when jsonb_typeof(d.description) = 'string'
        then left(d.description #>> '{}', case when size.many then ${beginning}::int else ${whole}::int end)
        else '' end as description,
      case when jsonb_typeof(i.properties) = 'object'
        then (select count(*) from jsonb_object_keys(i.properties))::int else 0 end as total,
      case when jsonb_typeof(i.properties) = 'object' and jsonb_typeof(i.required) = 'array'
        then (select count(*) from jsonb_object_keys(i.properties) key where i.required ? key)::int
        else 0 end as required,
      case when t.state = 'held' or i."$ref" is not null then t.definition end as definition,
      case when t.state = 'held' then t.held_definition end as "heldDefinition"
    from size cross join tools t
    cross join lateral jsonb_to_record(t.definition) as d (description jsonb, "inputSchema" jsonb)
    cross join lateral jsonb_to_record(
      case jsonb_typeof(d."inputSchema") when 'object' then d."inputSchema" else '{}' end
    ) as i (properties jsonb, required jsonb, "$ref" jsonb)
    where t.org_id = ${context.org.id}::uuid and t.server_id = ${serverId}::uuid and t.state <> 'removed'
    order by t.name`;
}
