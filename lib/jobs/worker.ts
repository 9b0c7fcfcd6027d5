import { database } from "#lib/db.ts";
import { toStorable } from "#lib/tools/storable.ts";
import { Prisma } from "#prisma/client.ts";
import { type JobStep, StoredTarget } from "./schema.ts";

/** A job that this proxy, and no other, works on. */
export interface ClaimedJob {
  orgId: string;
  id: string;
  instanceId: string;
  kind: "test_connection" | "discover";
  /** Whose tools are read; null for a connection that is not registered. */
  serverId: string | null;
  target: StoredTarget;
  /** The owner the target's secrets were sealed for: the server, or the job itself. */
  secretOwnerId: string;
}

/**
 * Takes the oldest waiting job of the org that was served longest ago (no tenant: the proxy's side). Any
 * number of proxies may ask at once. One server's jobs wait for each other. A job whose proxy has been
 * silent for a minute is taken over.
 *
 * @returns null when nothing waits
 */
export async function claimJob(instanceId: string): Promise<ClaimedJob | null> {
  for (;;) {
    const [job] = await database().$queryRaw<ClaimedRow[]>`
      update jobs set state = 'running', instance_id = ${instanceId}::uuid, started_at = now(), steps = '[]'
      where (org_id, id) = (
        select j.org_id, j.id from jobs j
        left join (
          select org_id, max(started_at) as served from jobs
          where state in ('running', 'done', 'failed') and created_at > now() - interval '1 day'
          group by org_id) turn on turn.org_id = j.org_id
        where j.state in ('queued', 'running') and (j.state = 'queued' or (
          j.started_at < now() - interval '1 minute' and not exists (
            select 1 from proxy_instances p
            where p.id = j.instance_id and p.heartbeat_at > now() - interval '1 minute')))
          and (j.state = 'running' or not exists (
            select 1 from jobs r
            where r.org_id = j.org_id and r.server_id = j.server_id and r.state = 'running'))
        order by turn.served nulls first, j.created_at
        limit 1
        for update of j skip locked)
      returning org_id as "orgId", id, kind::text as kind, server_id as "serverId", target`;
    if (!job) return null;
    const connection = await connectionOf(job);
    if (connection) {
      const { orgId, id, kind, serverId } = job;
      return { orgId, id, instanceId, kind, serverId, ...connection };
    }
    await finishJob({ orgId: job.orgId, id: job.id, instanceId }, "failed", {
      message: "The server was removed before its tools were read.",
    });
  }
}

/** Lets go of the jobs that a worker of this proxy was at when it crashed (no tenant: the proxy's side). */
export async function releaseJobs(instanceId: string): Promise<void> {
  await database().job.updateMany({
    where: { instanceId, state: "running" },
    data: { state: "queued", instanceId: null },
  });
}

/** Shows how far the job has come. Nothing happens when another proxy has taken it over. */
export async function saveSteps(job: JobKey, steps: readonly JobStep[]): Promise<void> {
  await database().job.updateMany({
    where: { ...keyOf(job), state: "running" },
    data: { steps: toStorable(steps) ?? [] },
  });
}

/** Ends the job and erases its sealed secrets. */
export async function finishJob(
  job: JobKey,
  state: "done" | "failed",
  result: unknown,
): Promise<void> {
  await database().job.updateMany({
    where: { ...keyOf(job), state: "running" },
    data: {
      state,
      result: toStorable(result) ?? Prisma.DbNull,
      target: Prisma.DbNull,
      finishedAt: new Date(),
    },
  });
}

type JobKey = Pick<ClaimedJob, "orgId" | "id" | "instanceId">;

interface ClaimedRow {
  orgId: string;
  id: string;
  kind: ClaimedJob["kind"];
  serverId: string | null;
  target: unknown;
}

function keyOf({ orgId, id, instanceId }: JobKey): JobKey {
  return { orgId, id, instanceId };
}

async function connectionOf(
  job: ClaimedRow,
): Promise<Pick<ClaimedJob, "target" | "secretOwnerId"> | null> {
  if (job.serverId === null) {
    return { target: StoredTarget.parse(job.target), secretOwnerId: job.id };
  }
  const server = await database().server.findFirst({
    where: { orgId: job.orgId, id: job.serverId, removedAt: null },
    select: {
      kind: true,
      url: true,
      connector: true,
      settings: true,
      secrets: { select: { name: true, sealed: true } },
    },
  });
  return server && { target: StoredTarget.parse(server), secretOwnerId: job.serverId };
}
