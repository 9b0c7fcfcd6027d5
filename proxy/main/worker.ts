import { closeDatabase } from "#lib/db.ts";
import { env } from "#lib/env.ts";
import { openMaintenancePool } from "#lib/gate/pool.ts";
import { releaseJobs } from "#lib/jobs/worker.ts";
import { loadOpeningKey } from "#lib/secrets/opening-key.ts";
import { startJobs } from "./jobs.ts";
import { startListener } from "./listener.ts";
import { startMailer } from "./mailer.ts";
import { startNotifier } from "./notifier.ts";
import { targetOptions } from "./targets.ts";

// What a proxy does apart from calls: jobs, notifications, mail. `background.ts` starts this process
// with the proxy's instance id, and ends it by letting go of the channel between the two.
const settings = env();
const [instanceId = ""] = process.argv.slice(2);
const pool = openMaintenancePool(settings.DATABASE_URL);
const openingKey = await loadOpeningKey(pool, settings.DATA_DIR, process.env.PROXY_SEALING_KEY);
const listener = startListener(settings.DATABASE_URL);
const targets = targetOptions(openingKey, settings);
const { smtp } = settings;

await releaseJobs(instanceId);
const jobs = startJobs(instanceId, listener, targets);
const notifier = startNotifier(listener, {
  openingKey,
  allowed: targets.allowed,
  publicUrl: settings.publicUrl,
  smtp,
  attemptMilliseconds: 10_000,
});
const mailer =
  smtp &&
  startMailer(listener, {
    smtp,
    publicUrl: settings.publicUrl,
    contactTo: settings.CONTACT_TO ?? smtp.from,
  });

let stopping = false;
for (const signal of ["SIGINT", "SIGTERM", "disconnect"]) process.on(signal, () => void stop());
// The proxy may have let go of it while it started.
if (process.connected === false) void stop();

/** Takes nothing new, ends what is under way, then goes. */
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  await Promise.all([jobs.stop(), notifier.stop(), mailer?.stop()]);
  await listener.stop();
  await pool.end();
  await closeDatabase();
  process.exit(0);
}
