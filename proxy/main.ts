import { env } from "#lib/env.ts";
import { ensurePartitions } from "#lib/gate/housekeeping.ts";
import { beat, leave } from "#lib/gate/instances.ts";
import { openGatePool, openMaintenancePool } from "#lib/gate/pool.ts";
import { newId } from "#lib/ids.ts";
import { log } from "#lib/log.ts";
import { loadOpeningKey } from "#lib/secrets/opening-key.ts";
import { createHandler } from "./handler.ts";
import { parseStored } from "./json/read-by-hand.ts";
import { startBackground } from "./main/background.ts";
import { peerAddress, proxyConfig } from "./main/config.ts";
import { startListener } from "./main/listener.ts";
import { startMaintenance } from "./main/maintenance.ts";
import { createPorts } from "./main/ports.ts";
import { createProxyServer, descriptorLimit, drainServer } from "./main/server.ts";
import { targetOptions } from "./main/targets.ts";
import { watchPressure } from "./receive/pressure.ts";
import { createState } from "./state.ts";

const settings = env();
const instanceId = newId();
const address = peerAddress(settings);
const pool = openGatePool(settings.DATABASE_URL, parseStored);
const maintenancePool = openMaintenancePool(settings.DATABASE_URL);
const openingKey = await loadOpeningKey(pool, settings.DATA_DIR, process.env.PROXY_SEALING_KEY);
const listener = startListener(settings.DATABASE_URL);
const targets = targetOptions(openingKey, settings);

await ensurePartitions(maintenancePool);
await beat(pool, instanceId, address);
const pressure = watchPressure(settings.PROXY_MAX_LOOP_DELAY_MS);
const state = createState(
  createPorts(pool, maintenancePool, listener, targets),
  proxyConfig(settings, instanceId),
  pressure.level,
);
const server = createProxyServer(createHandler(state), state.strangers, descriptorLimit());
server.listen(settings.PROXY_PORT, settings.HOST, () => {
  log("info", "proxy listening", { url: settings.publicProxyUrl, instanceId });
  process.send?.("ready");
});
server.on("error", (error) => {
  log("error", "the proxy cannot listen", { port: settings.PROXY_PORT, reason: error.message });
  process.exit(1);
});

const background = startBackground(maintenancePool, instanceId, listener, settings.smtp !== null);
const stopMaintenance = startMaintenance({
  pool: maintenancePool,
  instanceId,
  address,
  unsettledAfterSeconds: settings.PROXY_CALL_SECONDS + 60,
  discoverySeconds: settings.DISCOVERY_SECONDS,
});

let stopping = false;
for (const signal of ["SIGINT", "SIGTERM", "disconnect"]) process.on(signal, () => void stop());

/** Takes no new request, lets running ones end, writes what is known of them, then goes. */
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  state.drain();
  const worker = background.stop();
  // Until then the others hand on what belongs to calls that run here.
  await drainServer(server, state.capacity, settings.PROXY_DRAIN_SECONDS * 1000);
  stopMaintenance();
  await leave(pool, instanceId).catch(() => {});
  pressure.stop();
  await worker;
  await state.upstreams.close();
  await state.settled();
  await listener.stop();
  await Promise.all([pool.end(), maintenancePool.end()]);
  process.exit(0);
}
