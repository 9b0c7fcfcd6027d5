import { type ChildProcess, fork } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type EmbeddedDatabase, startEmbedded } from "#scripts/database/embedded.ts";
import { migrate } from "#scripts/database/migrate.ts";
import { proxyEnvironment, proxyFlags } from "#scripts/proxy-process.ts";

const root = join(import.meta.dirname, "..");

export interface Child {
  pid: number;
  /** 0 where the child was told its port. */
  port: number;
  stop(): void;
}

/** Starts a script of this repository and waits until it says that it is ready. */
export function startChild(
  script: string,
  args: string[] = [],
  environment: Record<string, string> = {},
): Promise<Child> {
  const profile = process.env.BENCH_PROFILE;
  const isProxy = script.startsWith("proxy");
  const child: ChildProcess = fork(join(root, script), args, {
    env: { ...process.env, ...environment, ...(isProxy && proxyEnvironment) },
    execArgv: [
      ...(isProxy ? proxyFlags : ["--disable-warning=ExperimentalWarning"]),
      ...(profile && isProxy ? ["--cpu-prof", `--cpu-prof-dir=${profile}`] : []),
    ],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  return new Promise((done, fail) => {
    child.once("message", (message: { port?: number } | string) => {
      const port = typeof message === "string" ? 0 : (message.port ?? 0);
      done({ pid: child.pid ?? 0, port, stop: () => child.kill("SIGTERM") });
    });
    child.once("exit", (code) => fail(new Error(`${script} ended with code ${code}`)));
  });
}

export interface BenchDatabase {
  /** Where a child process may keep its own files. */
  folder: string;
  stop(): Promise<void>;
}

/** A database of its own, migrated; DATABASE_URL names it from then on. */
export async function startDatabase(): Promise<BenchDatabase> {
  const folder = mkdtempSync("/tmp/callgate-bench-");
  // The database's user must be able to enter it.
  chmodSync(folder, 0o755);
  const embedded = process.env.DATABASE_URL ? null : await openEmbedded(folder);
  if (embedded) process.env.DATABASE_URL = embedded.url;
  await migrate(process.env.DATABASE_URL ?? "");
  return {
    folder,
    async stop() {
      await embedded?.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function openEmbedded(folder: string): Promise<EmbeddedDatabase> {
  const embedded = await startEmbedded(folder);
  const url = new URL(embedded.url);
  url.pathname = "/bench";
  return { ...embedded, url: url.toString() };
}
