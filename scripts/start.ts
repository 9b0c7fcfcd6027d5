import { type ChildProcess, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { parseEnv } from "#lib/env.ts";
import { buildWhenStale } from "./build.ts";
import { type EmbeddedDatabase, startEmbedded } from "./database/embedded.ts";
import { migrate } from "./database/migrate.ts";
import { compileProxy, proxyEnvironment, proxyFlags } from "./proxy-process.ts";

/**
 * `npm start`: database, migrations, build, proxy and web, in that order, with one line a step.
 * `--dev` runs the web process in Next's development mode instead of a build.
 */
const development = process.argv.includes("--dev");
const root = resolve(import.meta.dirname, "..");
const dataDir = resolve(root, process.env.DATA_DIR || "data");
const children: ChildProcess[] = [];
let database: EmbeddedDatabase | undefined;
let stopping = false;

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => void stop(0));
}

try {
  await start();
} catch (error) {
  say(`Callgate did not start: ${error instanceof Error ? error.message : error}`);
  await stop(1);
}

async function start(): Promise<void> {
  const began = performance.now();
  const settings = parseEnv({
    ...process.env,
    DATABASE_URL: process.env.DATABASE_URL || "postgresql://embedded",
  });
  await requireFreePort(settings.HOST, settings.PORT, "PORT");
  await requireFreePort(settings.HOST, settings.PROXY_PORT, "PROXY_PORT");

  let databaseUrl = process.env.DATABASE_URL;
  if (!databaseUrl) {
    say("Starting Postgres (set DATABASE_URL to use your own)");
    database = await startEmbedded(dataDir, say);
    const url = new URL(database.url);
    url.pathname = "/callgate";
    databaseUrl = url.toString();
  }
  if (stopping) return;
  const applied = await migrate(databaseUrl);
  if (applied.length > 0) say(`Applied ${applied.length} migrations`);
  const catalogue = fillCatalogue(databaseUrl);
  const compiled = compileProxy();
  if (!development) await buildWhenStale(root, say);
  await compiled;
  if (stopping) return;

  const shared: NodeJS.ProcessEnv = {
    ...process.env,
    DATABASE_URL: databaseUrl,
    DATA_DIR: database?.folder ?? dataDir,
    HOST: settings.HOST,
    PORT: String(settings.PORT),
    PROXY_PORT: String(settings.PROXY_PORT),
    PUBLIC_URL: settings.publicUrl,
    PUBLIC_PROXY_URL: settings.publicProxyUrl,
  };
  const { NEXTAUTH_SECRET: _web, ...proxyVariables } = shared;
  // The web process never sees the key that opens secrets (invariant 8).
  const { PROXY_SEALING_KEY: _proxy, ...webEnvironment } = shared;
  rememberUrls(settings);
  say("Starting the proxy and the dashboard");
  run("proxy", [...proxyFlags, join(root, "proxy/main.ts")], {
    ...proxyVariables,
    ...proxyEnvironment,
  });
  const next = join(root, "node_modules/next/dist/bin/next");
  const mode = development ? "dev" : "start";
  // An address of its own for outside means that a reverse proxy says where people come from.
  const ownAddresses = process.env.PUBLIC_URL
    ? []
    : ["--import", join(root, "scripts/forwarded-for.mjs")];
  const listen = ["-H", settings.HOST, "-p", String(settings.PORT)];
  run("dashboard", [...ownAddresses, next, mode, ...listen], {
    ...webEnvironment,
    NEXTAUTH_URL: settings.publicUrl,
    NEXTAUTH_SECRET: process.env.NEXTAUTH_SECRET || webSecret(),
    NEXT_TELEMETRY_DISABLED: "1",
  });
  await Promise.all([
    answers(`http://${local(settings.HOST)}:${settings.PROXY_PORT}/healthz`),
    answers(`http://${local(settings.HOST)}:${settings.PORT}/api/health`),
    catalogue,
  ]);
  if (stopping) return;
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  process.stdout.write(
    `\n  Callgate is ready (${seconds} s)\n\n` +
      `    Dashboard   ${settings.publicUrl}\n` +
      `    Proxy       ${settings.publicProxyUrl}\n\n` +
      `  First: open ${settings.publicUrl}/signup, create the first account and its org, and register a server.\n` +
      "  Stop with Ctrl-C; your data stays.\n\n",
  );
}

/** Brings the public catalogue in line with the recorded files; without it the product still runs. */
async function fillCatalogue(databaseUrl: string): Promise<void> {
  process.env.DATABASE_URL = databaseUrl;
  const { importCatalogue } = await import("#lib/catalogue/import.ts");
  const { closeDatabase } = await import("#lib/db.ts");
  try {
    const { servers, tools, unchanged } = await importCatalogue();
    if (unchanged < servers)
      say(`Imported ${tools} tools of ${servers} servers into the catalogue`);
  } catch (error) {
    say(`The catalogue was not imported: ${error instanceof Error ? error.message : error}`);
  } finally {
    await closeDatabase();
  }
}

function run(name: string, args: string[], environment: NodeJS.ProcessEnv): void {
  const guard = join(root, "scripts/exit-with-parent.mjs");
  const child = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", "--import", guard, ...args],
    {
      cwd: root,
      env: environment,
      // Own process groups: Ctrl-C reaches us alone, and we end them in order.
      detached: true,
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    },
  );
  children.push(child);
  child.once("exit", (code, signal) => {
    if (stopping) return;
    say(`The ${name} ended unexpectedly (${signal ?? `exit code ${code}`}); stopping.`);
    void stop(1);
  });
}

async function stop(code: number): Promise<void> {
  if (stopping) return;
  stopping = true;
  say("Stopping");
  await Promise.all(children.map((child) => endChild(child)));
  await database?.stop();
  process.exit(code);
}

function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((done) => {
    const force = setTimeout(() => child.kill("SIGKILL"), 25_000);
    child.once("exit", () => {
      clearTimeout(force);
      done();
    });
    child.kill("SIGTERM");
  });
}

/** Signs browser sessions; kept so that people stay signed in over a restart. */
function webSecret(): string {
  const file = join(database?.folder ?? dataDir, "web.secret");
  mkdirSync(database?.folder ?? dataDir, { recursive: true });
  if (!existsSync(file)) writeFileSync(file, randomBytes(32).toString("hex"), { mode: 0o600 });
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

/** So that the command line, in a shell of its own, names the same addresses. */
function rememberUrls(urls: { publicUrl: string; publicProxyUrl: string }): void {
  mkdirSync(dataDir, { recursive: true });
  const { publicUrl, publicProxyUrl } = urls;
  writeFileSync(join(dataDir, "urls.json"), JSON.stringify({ publicUrl, publicProxyUrl }));
}

async function answers(url: string): Promise<void> {
  const deadline = performance.now() + 90_000;
  while (!stopping) {
    const ok = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (ok) return;
    if (performance.now() > deadline) throw new Error(`${url} did not answer within 90 seconds`);
    await new Promise((done) => setTimeout(done, 100));
  }
}

function requireFreePort(host: string, port: number, variable: string): Promise<void> {
  return new Promise((done, fail) => {
    const probe = createServer();
    probe.once("error", () =>
      fail(
        new Error(
          `port ${port} is taken; set ${variable} to a free one, as in ${variable}=${port + 10} npm start`,
        ),
      ),
    );
    probe.listen(port, host, () => probe.close(() => done()));
  });
}

function local(host: string): string {
  return host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
}

function say(line: string): void {
  process.stderr.write(`  ${line}\n`);
}
