import { mailMessages } from "#lib/contact/contact.ts";
import { closeDatabase } from "#lib/db.ts";
import { env } from "#lib/env.ts";
import { openMaintenancePool } from "#lib/gate/pool.ts";
import { releaseJobs } from "#lib/jobs/worker.ts";
import { log } from "#lib/log.ts";
import { loadOpeningKey } from "#lib/secrets/opening-key.ts";
import { startJobs } from "./jobs.ts";
import { startListener } from "./listener.ts";
import { contactMail, sendMail } from "./mail.ts";
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
const to = settings.CONTACT_TO ?? smtp?.from ?? "";
const mailing = smtp && setInterval(() => void mail(smtp), 10_000);
if (smtp) void mail(smtp);

async function mail(server: NonNullable<typeof smtp>): Promise<void> {
  await mailMessages((message) => sendMail(server, contactMail(message, to))).catch((error) => {
    const reason = error instanceof Error ? error.message : "unknown";
    log("warn", "a message of the contact page could not be mailed", { reason });
  });
}

let stopping = false;
for (const signal of ["SIGINT", "SIGTERM", "disconnect"]) process.on(signal, () => void stop());

/** Takes nothing new, ends what is under way, then goes. */
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  if (mailing) clearInterval(mailing);
  await Promise.all([jobs.stop(), notifier.stop()]);
  await listener.stop();
  await pool.end();
  await closeDatabase();
  process.exit(0);
}
