import { createServer } from "node:http";
import { expireApprovals } from "#lib/approvals/approvals.ts";
import { closeDatabase } from "#lib/db.ts";
import { env } from "#lib/env.ts";
import { ensurePartitions, pruneWindows } from "#lib/gate/housekeeping.ts";
import { beat, leave } from "#lib/gate/instances.ts";
import { openGatePool } from "#lib/gate/pool.ts";
import { endOrphanedSessions } from "#lib/gate/sessions.ts";
import { sweepUnsettledCalls } from "#lib/gate/settle.ts";
import { newId } from "#lib/ids.ts";
import { log } from "#lib/log.ts";
import { loadOpeningKey } from "#lib/secrets/opening-key.ts";
import { createHandler } from "./handler.ts";
import { startJobs } from "./main/jobs.ts";
import { startListener } from "./main/listener.ts";
import { createPorts } from "./main/ports.ts";
import { targetOptions } from "./main/targets.ts";
import type { ProxyConfig } from "./ports.ts";
import { createState } from "./state.ts";

/** Longest total deadline of a call plus a minute: by then a silent call has an unknown outcome. */
const unsettledAfterSeconds = 360;

const settings = env();
const instanceId = newId();
const pool = openGatePool(settings.DATABASE_URL);
const openingKey = await loadOpeningKey(settings.DATA_DIR, process.env.PROXY_SEALING_KEY);
const listener = startListener(settings.DATABASE_URL);
const targets = targetOptions(openingKey, settings.DATA_DIR, settings.privateNetworks);

const config: ProxyConfig = {
  instanceId,
  hosts: new Set([
    new URL(settings.publicProxyUrl).host.toLowerCase(),
    ...["127.0.0.1", "localhost", "[::1]"].map((name) => `${name}:${settings.PROXY_PORT}`),
  ]),
  origins: new Set([new URL(settings.publicUrl).origin]),
  publicUrl: settings.publicUrl,
  approvalHoldMs: settings.APPROVAL_HOLD_SECONDS * 1000,
  maxBodyBytes: 4 * 1024 * 1024,
};

await ensurePartitions(pool);
await beat(pool, instanceId);
const state = createState(createPorts(pool, listener, targets), config);
const server = createServer(
  {
    keepAliveTimeout: 65_000,
    // A request that trickles in holds a socket; Node looks only this often.
    headersTimeout: 15_000,
    requestTimeout: 30_000,
    connectionsCheckingInterval: 5_000,
  },
  createHandler(state),
);
server.listen(settings.PROXY_PORT, settings.HOST, () => {
  log("info", "proxy listening", { url: settings.publicProxyUrl, instanceId });
  process.send?.("ready");
});
server.on("error", (error) => {
  log("error", "the proxy cannot listen", { port: settings.PROXY_PORT, reason: error.message });
  process.exit(1);
});

const jobs = startJobs(instanceId, listener, targets);
const timers = [
  every(5_000, () => beat(pool, instanceId)),
  every(30_000, () => sweepUnsettledCalls(pool, unsettledAfterSeconds)),
  every(30_000, () => endOrphanedSessions(pool)),
  every(60_000, () => expireApprovals()),
  every(3_600_000, () => ensurePartitions(pool)),
  every(3_600_000, () => pruneWindows(pool)),
];

let stopping = false;
for (const signal of ["SIGINT", "SIGTERM", "disconnect"]) process.on(signal, () => void stop());

/** Takes no new request, lets running ones end, writes what is known of them, then goes. */
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  for (const timer of timers) clearInterval(timer);
  const closed = new Promise((done) => server.close(done));
  server.closeIdleConnections();
  const patience = setTimeout(() => server.closeAllConnections(), 20_000);
  state.endStreams();
  await closed;
  clearTimeout(patience);
  await jobs.stop();
  await state.upstreams.close();
  await state.settled();
  await leave(pool, instanceId).catch(() => {});
  await listener.stop();
  await pool.end();
  await closeDatabase();
  process.exit(0);
}

/** A maintenance round that fails is repeated at its next turn; calls do not depend on it. */
function every(milliseconds: number, work: () => Promise<unknown>): NodeJS.Timeout {
  return setInterval(() => {
    work().catch((error) => {
      log("warn", "maintenance failed", {
        reason: error instanceof Error ? error.message : "unknown",
      });
    });
  }, milliseconds);
}
