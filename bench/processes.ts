import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
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
