import { setTimeout } from "node:timers/promises";
import { changeOrg } from "#lib/audit/change.ts";
import { actorId, type OrgContext } from "#lib/auth/context.ts";
import { requirePermission } from "#lib/auth/permissions.ts";
import { database, type Transaction } from "#lib/db.ts";
import { AppError } from "#lib/errors.ts";
import { heartbeatTimeoutSeconds } from "#lib/gate/instances.ts";
import { isId, newId } from "#lib/ids.ts";
import { parseInput } from "#lib/input.ts";
import { findServer } from "#lib/servers/find.ts";
import { ServerInput } from "#lib/servers/schema.ts";
import { checkTarget, sealSecrets } from "#lib/servers/target.ts";
import { JobInput, JobStep, RequestConnectionTest, type StoredTarget } from "./schema.ts";

/** Work that the proxy does for a person, as the person sees it. */
export interface JobRow {
  id: string;
  kind: "test_connection" | "discover";
  state: "queued" | "running" | "done" | "failed";
  steps: JobStep[];
  result: unknown;
  createdAt: Date;
  finishedAt: Date | null;
  /** Nothing will happen until a proxy is started. */
  waitingForProxy: boolean;
}

/** How many connection tests of one org may wait to be done. */
const mostWaitingTests = 10;

/**
 * Asks the proxy to try a connection that is not registered. Its secrets are sealed for the job and
 * erased when it ends.
 *
 * @throws AppError `unavailable` when there are secrets and no proxy has started yet, `rate_limited`
 *   while as many wait as may
 */
export async function requestConnectionTest(
  context: OrgContext,
  input: unknown,
): Promise<{ jobId: string }> {
  requirePermission(context, "servers.discover");
  const checked = checkTarget(parseInput(RequestConnectionTest, input).target);
  const orgId = context.org.id;
  const id = newId();
  const target = { ...checked, secrets: await sealSecrets(orgId, id, checked.secrets) };
  return changeOrg(context, "plain", async (transaction, audit) => {
    await lockRequests(transaction, orgId);
    const waiting = { orgId, kind: "test_connection", state: "queued" } as const;
    if ((await transaction.job.count({ where: waiting })) >= mostWaitingTests) {
      const message = `${mostWaitingTests} connection tests of this org wait to be done.`;
      throw new AppError("rate_limited", `${message} Try again when they have been.`);
    }
    await transaction.job.create({
      data: {
        orgId,
        id,
        kind: "test_connection",
        target: target satisfies StoredTarget,
        createdBy: actorId(context.actor),
      },
    });
    const name = checked.url ?? checked.connector ?? checked.kind;
    await audit({ action: "server.discover", subject: { kind: "connection", id, name } });
    return { jobId: id };
  });
}

/**
 * Asks the proxy to read a server's tool list again; joins the request that waits already.
 * @throws AppError `not_found`
 */
export async function requestDiscovery(
  context: OrgContext,
  input: unknown,
): Promise<{ jobId: string }> {
  requirePermission(context, "servers.discover");
  const { server: slug } = parseInput(ServerInput, input);
  const server = await findServer(context, slug);
  const orgId = context.org.id;
  const id = newId();
  return changeOrg(context, "plain", async (transaction, audit) => {
    await lockRequests(transaction, orgId);
    const waiting = await transaction.job.findFirst({
      where: { orgId, serverId: server.id, kind: "discover", state: "queued" },
      select: { id: true },
    });
    if (waiting) return { jobId: waiting.id };
    await transaction.job.create({
      data: {
        orgId,
        id,
        kind: "discover",
        serverId: server.id,
        createdBy: actorId(context.actor),
      },
    });
    const subject = { kind: "server", id: server.id, name: slug };
    await audit({ action: "server.discover", subject, detail: { job: id } });
    return { jobId: id };
  });
}

/** One request of an org after the other: each sees what waits already. */
async function lockRequests(transaction: Transaction, orgId: string): Promise<void> {
  await transaction.$executeRaw`
    select pg_advisory_xact_lock(hashtextextended('jobs ' || ${orgId}, 0))`;
}

/** @throws AppError `not_found` */
export async function getJob(context: OrgContext, input: unknown): Promise<JobRow> {
  requirePermission(context, "servers.read");
  const { id } = parseInput(JobInput, input);
  const job = isId(id)
    ? await database().job.findUnique({
        where: { orgId_id: { orgId: context.org.id, id } },
        omit: { target: true },
      })
    : null;
  if (!job) {
    throw new AppError("not_found", "There is no such job in this org. Start it again.");
  }
  return {
    id: job.id,
    kind: job.kind,
    state: job.state,
    steps: JobStep.array().parse(job.steps),
    result: job.result,
    createdAt: job.createdAt,
    finishedAt: job.finishedAt,
    waitingForProxy: job.state === "queued" && !(await isProxyAlive()),
  };
}

/**
 * The job when it has ended, or as it is after `timeoutMilliseconds`.
 * @throws AppError `not_found`
 */
export async function waitForJob(
  context: OrgContext,
  input: unknown,
  timeoutMilliseconds: number,
): Promise<JobRow> {
  const deadline = Date.now() + timeoutMilliseconds;
  for (;;) {
    const job = await getJob(context, input);
    const hasEnded = job.state === "done" || job.state === "failed";
    const leftMilliseconds = deadline - Date.now();
    if (hasEnded || leftMilliseconds <= 0) return job;
    await setTimeout(Math.min(pollMilliseconds, leftMilliseconds));
  }
}

const pollMilliseconds = 150;

async function isProxyAlive(): Promise<boolean> {
  const rows = await database().$queryRaw<unknown[]>`
    select 1 from proxy_instances
    where heartbeat_at > now() - make_interval(secs => ${heartbeatTimeoutSeconds}::int) limit 1`;
  return rows.length > 0;
}
