import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "#scripts/free-port.ts";

/** Proxies as operators run them: processes of their own on one database, with one opening key. */
export interface Fleet {
  databaseUrl: string;
  origins: string[];
  /** SIGKILL; resolves when the process is gone. */
  kill(at: number): Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  stop(at: number): Promise<number | null>;
  /** Starts the proxy again on the same port. */
  restart(at: number): Promise<void>;
  close(): Promise<void>;
}

interface Member {
  port: number;
  child: ChildProcess;
}

/** @param environment more variables of every proxy, such as its limits */
export async function startFleet(
  databaseUrl: string,
  count: number,
  environment: Record<string, string> = {},
): Promise<Fleet> {
  const folder = mkdtempSync(join(tmpdir(), "callgate-fleet-"));
  const members: Member[] = [];
  for (let at = 0; at < count; at += 1) {
    const port = await freePort();
    members.push({ port, child: await startProxy(databaseUrl, folder, port, environment) });
  }
  const member = (at: number): Member => {
    const found = members[at];
    if (!found) throw new RangeError(`There is no proxy ${at}.`);
    return found;
  };
  return {
    databaseUrl,
    origins: members.map(({ port }) => `http://127.0.0.1:${port}`),
    async kill(at) {
      await end(member(at).child, "SIGKILL");
    },
    async stop(at) {
      await end(member(at).child, "SIGTERM");
      return member(at).child.exitCode;
    },
    async restart(at) {
      const { port } = member(at);
      members[at] = { port, child: await startProxy(databaseUrl, folder, port, environment) };
    },
    async close() {
      await Promise.all(members.map(({ child }) => end(child, "SIGTERM")));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function startProxy(
  databaseUrl: string,
  folder: string,
  port: number,
  environment: Record<string, string>,
) {
  const child = fork(join(import.meta.dirname, "../../proxy/main.ts"), [], {
    env: {
      ...process.env,
      DATABASE_URL: databaseUrl,
      DATA_DIR: folder,
      HOST: "127.0.0.1",
      PROXY_PORT: String(port),
      UPSTREAM_PRIVATE_NETWORKS: "127.0.0.0/8",
      APPROVAL_HOLD_SECONDS: "0",
      ...environment,
    },
    execArgv: ["--disable-warning=ExperimentalWarning"],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-2_000);
  });
  const failed = once(child, "exit").then(([code]) => {
    throw new Error(`a proxy ended with code ${code} before it listened:\n${said}`);
  });
  await Promise.race([once(child, "message"), failed]);
  // It may end from now on: that is what some campaigns do to it.
  failed.catch(() => {});
  return child;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill(signal);
  await gone;
}
