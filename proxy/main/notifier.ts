import { announceApprovals } from "#lib/approvals/announce.ts";
import { log } from "#lib/log.ts";
import { claimDeliveries, finishDelivery } from "#lib/notifications/worker.ts";
import type { Listener } from "./listener.ts";
import { type SendOptions, sendNotice } from "./send-notice.ts";

/** Deliveries under way at once in one proxy; of one channel there is never more than one. */
const mostAtOnce = 32;
const pollMilliseconds = 2_000;

export interface Notifier {
  /** Starts nothing new and waits for what is under way, as long as one attempt may take. */
  stop(): Promise<void>;
}

/**
 * Tells people outside the dashboard: announces new requests for approval and delivers the outbox.
 * It has no part in any call: a channel that is dead costs its own deliveries and nothing else.
 */
export function startNotifier(
  listener: Pick<Listener, "noticeWaiting">,
  options: SendOptions,
): Notifier {
  const running = new Set<Promise<void>>();
  let stopped = false;
  let wake = () => {};

  const deliver = async (): Promise<boolean> => {
    const claimed = await claimDeliveries(mostAtOnce - running.size);
    for (const delivery of claimed) {
      const sending = sendNotice(delivery, options)
        .then((attempt) => finishDelivery(delivery, attempt))
        // What could not be written down is taken up again when its lease has passed.
        .catch((error) => report("a delivery could not be recorded", error))
        .finally(() => {
          running.delete(sending);
          wake();
        });
      running.add(sending);
    }
    return claimed.length > 0;
  };

  const run = async (): Promise<void> => {
    while (!stopped) {
      let busy = false;
      try {
        busy = (await announceApprovals()) > 0;
        if (running.size < mostAtOnce) busy = (await deliver()) || busy;
      } catch (error) {
        report("notifications could not be looked for", error);
      }
      if (busy || stopped) continue;
      await new Promise<void>((done) => {
        wake = done;
        void listener.noticeWaiting(pollMilliseconds).then(done);
      });
    }
  };

  const loop = run();
  return {
    async stop() {
      stopped = true;
      wake();
      await loop;
      await Promise.allSettled([...running]);
    },
  };
}

function report(what: string, error: unknown): void {
  log("warn", what, { reason: error instanceof Error ? error.message : "unknown" });
}
