import type { Pool } from "pg";

/** A proxy that has not said so for this long is not counted as alive; seconds. */
export const heartbeatTimeoutSeconds = 15;

/**
 * Says that this proxy is alive, and where the others reach it.
 * @param address an origin, such as http://10.0.0.7:3001
 */
export async function beat(pool: Pool, instanceId: string, address: string): Promise<void> {
  await pool.query(
    `insert into proxy_instances (id, address) values ($1, $2)
     on conflict (id) do update set heartbeat_at = now(), address = excluded.address`,
    [instanceId, address],
  );
}

/** Where a proxy is reached; null when it has not said for a while that it is alive. */
export async function findPeer(pool: Pool, instanceId: string): Promise<string | null> {
  const { rows } = await pool.query({
    name: "find_peer",
    text: `select address from proxy_instances
      where id = $1 and heartbeat_at > now() - make_interval(secs => $2)`,
    values: [instanceId, heartbeatTimeoutSeconds],
  });
  return rows[0]?.address ?? null;
}

/** Says that this proxy has stopped, and forgets those that stopped without a word a day ago. */
export async function leave(pool: Pool, instanceId: string): Promise<void> {
  await pool.query(
    "delete from proxy_instances where id = $1 or heartbeat_at < now() - interval '1 day'",
    [instanceId],
  );
}
