import { voidApprovals } from "#lib/approvals/void.ts";
import { type AuditAction, writeAudit } from "#lib/audit/change.ts";
import { database, type Transaction } from "#lib/db.ts";
import { type Health, Prisma } from "#prisma/client.ts";
import { type ReadDefinition, readToolList } from "./definition.ts";
import { tellFailing } from "./failing.ts";
import { tellGone } from "./gone.ts";
import { tellHeld } from "./held.ts";
import { Judge } from "./judge.ts";
import { type Plan, planChanges } from "./plan.ts";
import { readRecord, type ServerKey, type ToolRecord } from "./record.ts";
import { reviewDefinition } from "./review.ts";
import { forgetTold, pruneSeen, touchSeen } from "./seen.ts";
import { toStorable, toStorableText } from "./storable.ts";
import { markRemoved, stageTools, type ToolColumns, updateTools } from "./write.ts";

/** What a server answered to `tools/list` and `initialize`; nothing of it is trusted. */
export interface Discovery {
  tools: readonly unknown[];
  protocolRevision: string;
  serverInfo: unknown;
}

/** How the record stands afterwards: tools offered, those of them held, those gone with this list. */
export interface DiscoveryResult {
  tools: number;
  held: number;
  removed: number;
  /** Whether any tool is not as it was. */
  changed: boolean;
}

/**
 * Compares what a server offers with the record (no tenant check: the proxy's side). The first
 * discovery is the baseline, of which only doubtful definitions are held; later on every new or changed one
 * is, or accepted where the server is set so and it is harmless; a missing one is removed. A name that is
 * listed more than once is held until the server puts it right (ADV-056).
 *
 * Everything is judged and brought into the database before the org's admissions are locked out, and only what
 * somebody changed meanwhile once more while they are.
 *
 * @throws AppError `not_found` when the server is gone
 */
export async function storeDiscovery(
  server: ServerKey,
  discovery: Discovery,
): Promise<DiscoveryResult> {
  const seen = readToolList(discovery.tools);
  const now = new Date();
  const news = {
    health: "ok",
    healthDetail: null,
    healthAt: now,
    refusedAt: null,
    discoveredAt: now,
    protocolRevision: toStorableText(discovery.protocolRevision),
    serverInfo: toStorable(discovery.serverInfo) ?? Prisma.DbNull,
  } as const;
  const before = await readRecord(database(), server);
  if (isOnRecord(before, seen)) {
    await updateServer(database(), server, news);
    return conclude(server, seen.size, nothing);
  }
  const judge = new Judge();
  await judge.fetch(database(), server, before, seen);
  const expected = planChanges(before, seen, judge);
  const plan = await database().$transaction(
    async (transaction) => {
      await stageTools(transaction, server, expected.added, expected.changed);
      await transaction.$executeRaw`select lock_org_for_change(${server.orgId}::uuid)`;
      const record = await readRecord(transaction, server);
      await judge.fetch(transaction, server, record, seen);
      const staged = new Set(expected.added.map(({ id }) => id));
      const found = planChanges(record, seen, judge, staged);
      await stageTools(transaction, server, ...unstaged(found, expected));
      await writePlan(transaction, server, found);
      const revision = isEmpty(found) ? {} : { revision: { increment: 1 } };
      await updateServer(transaction, server, { ...news, ...revision });
      return found;
    },
    { timeout: 30_000 },
  );
  return conclude(server, seen.size, plan);
}

/**
 * Notes whether a server can be reached, with a sentence on what is wrong when it cannot. `refused`: it refused
 * its credential in a call; it is failing until it answers one again (`recoverRefused`).
 */
export async function recordHealth(
  orgId: string,
  serverId: string,
  found: "ok" | "failing" | "refused",
  detail: string | null,
): Promise<void> {
  const healthDetail = detail === null ? null : toStorableText(detail);
  const health: Health = found === "ok" ? "ok" : "failing";
  const healthAt = new Date();
  const refusedAt = found === "refused" ? healthAt : null;
  const data = { health, healthDetail, healthAt, refusedAt };
  const server = { orgId, id: serverId, removedAt: null };
  await database().$transaction(async (transaction) => {
    const changed = { ...server, health: { not: health } };
    const { count } = await transaction.server.updateMany({ where: changed, data });
    if (count === 0) await transaction.server.updateMany({ where: server, data });
    else if (health === "failing") await tellFailing(transaction, orgId, serverId, healthDetail);
  });
}

/** The usual case: the org's admissions need not be locked out. */
function isOnRecord(
  { isBaseline, recorded }: ToolRecord,
  seen: ReadonlyMap<string, ReadDefinition>,
): boolean {
  const offered = recorded.filter(({ state }) => state !== "removed");
  return (
    !isBaseline &&
    offered.length === seen.size &&
    offered.every((tool) => {
      const definition = seen.get(tool.name);
      return definition && reviewDefinition(tool, definition).kind === "unchanged";
    })
  );
}

/** What the org's people changed while this was being judged: next to nothing. */
function unstaged(found: Plan, expected: Plan): [added: ToolColumns[], changed: ToolColumns[]] {
  const keyOf = ({ id, digest }: ToolColumns) => `${id} ${digest}`;
  const staged = new Set([...expected.added, ...expected.changed].map(keyOf));
  const isMissing = (tool: ToolColumns) => !staged.has(keyOf(tool));
  return [found.added.filter(isMissing), found.changed.filter(isMissing)];
}

async function writePlan(transaction: Transaction, server: ServerKey, plan: Plan): Promise<void> {
  const { orgId, serverId } = server;
  const planned = [...plan.added, ...plan.changed];
  await updateTools(
    transaction,
    orgId,
    planned.map(({ definition, ...tool }) => tool),
  );
  await markRemoved(transaction, orgId, plan.removed);
  await forgetTold(transaction, orgId, plan.harmless);
  await tellGone(transaction, server, plan.removed);
  await auditItself(transaction, server, "tool.accept", plan.harmless, { harmless: true });
  await auditItself(transaction, server, "tool.remove", plan.removed, {});
  await voidApprovals(transaction, orgId, { outdatedOn: serverId });
}

function isEmpty({ added, changed, removed }: Plan): boolean {
  return added.length + changed.length + removed.length === 0;
}

function updateServer(
  client: Transaction,
  { orgId, serverId }: ServerKey,
  data: Prisma.ServerUpdateInput,
) {
  return client.server.update({ where: { orgId_id: { orgId, id: serverId } }, data });
}

/** What no call waits for. All of it is found again by the next discovery if this one ends here. */
async function conclude(server: ServerKey, tools: number, plan: Plan): Promise<DiscoveryResult> {
  await touchSeen(server);
  if (plan.added.length + plan.changed.length > 0) await pruneSeen(server);
  const held = await database().tool.count({ where: { ...server, state: "held" } });
  if (held > 0) await tellHeld(server);
  return { tools, held, removed: plan.removed.length, changed: !isEmpty(plan) };
}

const nothing: Plan = { added: [], changed: [], removed: [], harmless: [] };

/** What no person did says so in the record of changes. */
async function auditItself(
  transaction: Transaction,
  { orgId, serverId }: ServerKey,
  action: AuditAction,
  tools: readonly { name: string }[],
  detail: Record<string, unknown>,
): Promise<void> {
  if (tools.length === 0) return;
  const { slug } = await transaction.server.findUniqueOrThrow({
    where: { orgId_id: { orgId, id: serverId } },
    select: { slug: true },
  });
  const context = { org: { id: orgId }, actor: { kind: "system", name: "Callgate" } } as const;
  await writeAudit(transaction, context, {
    action,
    subject: { kind: "server", id: serverId, name: slug },
    detail: { tools: tools.map(({ name }) => name).sort(), ...detail },
  });
}
