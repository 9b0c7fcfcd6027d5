import type { Transaction } from "#lib/db.ts";
import { Prisma } from "#prisma/client.ts";
import type { classificationOf } from "./definition.ts";
import { withoutLoops } from "./match-at-once.ts";
import type { ServerKey } from "./record.ts";

type Classes = ReturnType<typeof classificationOf>;

/** A tool as it is to be written; what is absent stays as it is. */
export interface ToolColumns extends Partial<Classes> {
  id: string;
  name: string;
  definition?: Prisma.InputJsonObject;
  digest?: string;
  /** The definition waits for a person; else the tool is accepted. */
  isHeld: boolean;
  /** The definition is the tool's own: the accepted one, or of a tool that never had one, the held one. */
  stands: boolean;
}

// Postgres reads JSON faster than parameters, of which a statement has at most 65,535.
const columns = Prisma.sql`as c (id uuid, name text, definition jsonb, digest text, "isHeld" boolean,
  stands boolean, category text, "riskClass" text, confidence float8, signals text[], rationale text, evidence jsonb)`;

/**
 * Brings definitions into the database, which is most of the work and changes nothing for any call: those of new
 * tools as tools that are not offered, all of them among the definitions that were announced.
 */
export async function stageTools(
  transaction: Transaction,
  { orgId, serverId }: ServerKey,
  added: readonly ToolColumns[],
  changed: readonly ToolColumns[],
): Promise<void> {
  // Foreign keys are checked by plans that a connection keeps: one from when the tables were all but empty would go
  // through all of a server's tools for each definition.
  await transaction.$executeRaw`set local plan_cache_mode = force_custom_plan`;
  if (added.length > 0) {
    await transaction.$executeRaw`
      insert into tools (org_id, id, server_id, name, definition, digest, state,
        category, risk_class, confidence, signals, rationale, evidence)
      select ${orgId}::uuid, c.id, ${serverId}::uuid, c.name, c.definition, c.digest, 'removed',
        c.category, c."riskClass", c.confidence, c.signals, c.rationale, c.evidence
      from jsonb_to_recordset(${JSON.stringify(added)}::jsonb) ${columns}
      order by c.name
      on conflict (org_id, server_id, name) do nothing`;
    await transaction.$executeRaw`
      insert into tool_definitions (org_id, tool_id, digest, definition)
      select org_id, id, digest, definition from tools
      where org_id = ${orgId}::uuid and id = any(${added.map(({ id }) => id)}::uuid[])
      order by id
      on conflict do nothing`;
  }
  const announced = changed.filter(({ definition }) => definition !== undefined);
  if (announced.length === 0) return;
  const definitions = announced.map(({ id, digest, definition }) => ({ id, digest, definition }));
  await transaction.$executeRaw`
    insert into tool_definitions (org_id, tool_id, digest, definition)
    select ${orgId}::uuid, c.id, c.digest, c.definition
    from jsonb_to_recordset(${JSON.stringify(definitions)}::jsonb) ${columns}
    order by c.id
    on conflict do nothing`;
}

/** Holds, replaces or accepts tools whose definitions have been staged, in one statement. */
export async function updateTools(
  transaction: Transaction,
  orgId: string,
  tools: readonly Omit<ToolColumns, "definition">[],
): Promise<void> {
  if (tools.length === 0) return;
  await updateAll(
    transaction,
    Prisma.sql`
    update tools t set
      state = case when c."isHeld" then 'held' else 'accepted' end::tool_state,
      held_definition = case when c."isHeld" then ${stagedDefinition} end,
      held_digest = case when c."isHeld" then c.digest end,
      definition = case when c.stands then ${stagedDefinition} else t.definition end,
      digest = case when c.stands then c.digest else t.digest end,
      ${classes}
    from jsonb_to_recordset(${JSON.stringify(tools)}::jsonb) ${columns}
    where t.org_id = ${orgId}::uuid and t.id = c.id`,
  );
}

/** Accepts what is held of these tools, each with the classes of that definition, in one statement. */
export async function acceptHeld(
  transaction: Transaction,
  orgId: string,
  tools: readonly (Classes & { id: string })[],
): Promise<void> {
  await updateAll(
    transaction,
    Prisma.sql`
    update tools t set state = 'accepted', definition = t.held_definition, digest = t.held_digest,
      held_definition = null, held_digest = null, ${classes}
    from jsonb_to_recordset(${JSON.stringify(tools)}::jsonb) ${columns}
    where t.org_id = ${orgId}::uuid and t.id = c.id and t.state = 'held'`,
  );
}

/** Gives tools other classes, in one statement. */
export async function updateClasses(
  transaction: Transaction,
  orgId: string,
  tools: readonly (Classes & { id: string })[],
): Promise<void> {
  if (tools.length === 0) return;
  await updateAll(
    transaction,
    Prisma.sql`
    update tools t set ${classes}
    from jsonb_to_recordset(${JSON.stringify(tools)}::jsonb) ${columns}
    where t.org_id = ${orgId}::uuid and t.id = c.id`,
  );
}

/** Looked up one by one: an org has far more definitions than change at once. */
const stagedDefinition = Prisma.sql`(
  select d.definition from tool_definitions d
  where d.org_id = t.org_id and d.tool_id = c.id and d.digest = c.digest)`;

const classes = Prisma.sql`
  category = coalesce(c.category, t.category), risk_class = coalesce(c."riskClass", t.risk_class),
  confidence = coalesce(c.confidence, t.confidence), signals = coalesce(c.signals, t.signals),
  rationale = coalesce(c.rationale, t.rationale), evidence = coalesce(c.evidence, t.evidence)`;

/** Notes that a server no longer offers these tools; rules, classes and calls stay on record. */
export async function markRemoved(
  transaction: Transaction,
  orgId: string,
  tools: readonly { id: string }[],
): Promise<void> {
  if (tools.length === 0) return;
  await transaction.tool.updateMany({
    where: { orgId, id: { in: tools.map(({ id }) => id) } },
    data: { state: "removed" },
  });
}

async function updateAll(transaction: Transaction, update: Prisma.Sql): Promise<void> {
  await withoutLoops(transaction, () => transaction.$executeRaw(update));
}
