import type { Pool } from "pg";

/** A proxy that has not said so for this long is not counted as alive; seconds. */
export const heartbeatTimeoutSeconds = 15;

/** Says that this proxy is alive. */
export async function beat(pool: Pool, instanceId: string): Promise<void> {
  await pool.query(
    `insert into proxy_instances (id) values ($1)
     on conflict (id) do update set heartbeat_at = now()`,
    [instanceId],
  );
}

/** Says that this proxy has stopped, and forgets those that stopped without a word a day ago. */
export async function leave(pool: Pool, instanceId: string): Promise<void> {
  await pool.query(
    "delete from proxy_instances where id = $1 or heartbeat_at < now() - interval '1 day'",
    [instanceId],
  );
}
