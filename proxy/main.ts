import { closeDatabase } from "#lib/db.ts";
import { env } from "#lib/env.ts";
import { ensurePartitions } from "#lib/gate/housekeeping.ts";
import { beat, leave } from "#lib/gate/instances.ts";
import { openGatePool } from "#lib/gate/pool.ts";
import { newId } from "#lib/ids.ts";
import { log } from "#lib/log.ts";
import { loadOpeningKey } from "#lib/secrets/opening-key.ts";
import { createHandler } from "./handler.ts";
import { peerAddress, proxyConfig } from "./main/config.ts";
import { startJobs } from "./main/jobs.ts";
import { startListener } from "./main/listener.ts";
import { startMaintenance } from "./main/maintenance.ts";
import { startNotifier } from "./main/notifier.ts";
import { createPorts } from "./main/ports.ts";
import { createProxyServer, drainServer } from "./main/server.ts";
import { targetOptions } from "./main/targets.ts";
import { watchPressure } from "./receive/pressure.ts";
import { createState } from "./state.ts";

const settings = env();
const instanceId = newId();
const address = peerAddress(settings);
const pool = openGatePool(settings.DATABASE_URL);
const openingKey = await loadOpeningKey(settings.DATA_DIR, process.env.PROXY_SEALING_KEY);
const listener = startListener(settings.DATABASE_URL);
const targets = targetOptions(openingKey, settings);

await ensurePartitions(pool);
await beat(pool, instanceId, address);
const pressure = watchPressure(settings.PROXY_MAX_LOOP_DELAY_MS);
const state = createState(
  createPorts(pool, listener, targets),
  proxyConfig(settings, instanceId),
  pressure.level,
);
const server = createProxyServer(createHandler(state));
server.listen(settings.PROXY_PORT, settings.HOST, () => {
  log("info", "proxy listening", { url: settings.publicProxyUrl, instanceId });
  process.send?.("ready");
});
server.on("error", (error) => {
  log("error", "the proxy cannot listen", { port: settings.PROXY_PORT, reason: error.message });
  process.exit(1);
});

const jobs = startJobs(instanceId, listener, targets);
const notifier = startNotifier(listener, {
  openingKey,
  allowed: targets.allowed,
  publicUrl: settings.publicUrl,
  smtp: settings.smtp,
  attemptMilliseconds: 10_000,
});
const stopMaintenance = startMaintenance({
  pool,
  instanceId,
  address,
  unsettledAfterSeconds: settings.PROXY_CALL_SECONDS + 60,
  discoverySeconds: settings.DISCOVERY_SECONDS,
  contact: settings.smtp && {
    server: settings.smtp,
    to: settings.CONTACT_TO ?? settings.smtp.from,
  },
});

let stopping = false;
for (const signal of ["SIGINT", "SIGTERM", "disconnect"]) process.on(signal, () => void stop());

/** Takes no new request, lets running ones end, writes what is known of them, then goes. */
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  stopMaintenance();
  state.drain();
  // From here on the others tell agents to start the sessions held here anew.
  await leave(pool, instanceId).catch(() => {});
  const workers = Promise.all([jobs.stop(), notifier.stop()]);
  await drainServer(server, state.capacity, settings.PROXY_DRAIN_SECONDS * 1000);
  pressure.stop();
  await workers;
  await state.upstreams.close();
  await state.settled();
  await listener.stop();
  await pool.end();
  await closeDatabase();
  process.exit(0);
}
