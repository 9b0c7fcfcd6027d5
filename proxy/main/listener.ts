import { EventEmitter, once } from "node:events";
import pg from "pg";
import { log } from "#lib/log.ts";

export interface Listener {
  /** Resolves when the approval may have changed, at the latest after `milliseconds`. */
  approvalChanged(approvalId: string, milliseconds: number): Promise<void>;
  /** Resolves when a job may be waiting, at the latest after `milliseconds`. */
  jobWaiting(milliseconds: number): Promise<void>;
  /** Resolves when people may have to be told of something, at the latest after `milliseconds`. */
  noticeWaiting(milliseconds: number): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Listens for the database's wake-ups on a connection of its own and opens it again when it is lost.
 * A missed one costs the caller's waiting time, never correctness.
 */
export function startListener(connectionString: string): Listener {
  const news = new EventEmitter();
  news.setMaxListeners(0);
  let stopped = false;
  let client: pg.Client | undefined;

  const connect = async (): Promise<void> => {
    while (!stopped) {
      const next = new pg.Client({ connectionString, application_name: "callgate-listener" });
      try {
        await next.connect();
        client = next;
        next.on("notification", ({ channel, payload }) => {
          if (channel === "callgate_jobs") news.emit("job");
          else news.emit("notice");
          if (channel === "callgate_approvals" && payload) {
            news.emit(`approval ${payload.split(" ")[1]}`);
          }
        });
        const lost = once(next, "end");
        next.on("error", () => {});
        await next.query(
          "listen callgate_jobs; listen callgate_approvals; listen callgate_notifications",
        );
        await lost;
      } catch (error) {
        const reason = error instanceof Error ? error.message : "unknown";
        if (!stopped) log("warn", "listening for wake-ups failed; trying again", { reason });
        await next.end().catch(() => {});
      }
      if (!stopped) await new Promise((done) => setTimeout(done, 1_000));
    }
  };
  const running = connect();

  const wait = (event: string, milliseconds: number): Promise<void> =>
    new Promise((done) => {
      const finish = () => {
        clearTimeout(timer);
        news.off(event, finish);
        done();
      };
      const timer = setTimeout(finish, milliseconds);
      news.on(event, finish);
    });

  return {
    approvalChanged: (id, milliseconds) => wait(`approval ${id}`, milliseconds),
    jobWaiting: (milliseconds) => wait("job", milliseconds),
    noticeWaiting: (milliseconds) => wait("notice", milliseconds),
    async stop() {
      stopped = true;
      news.emit("job");
      await client?.end().catch(() => {});
      await running;
    },
  };
}
