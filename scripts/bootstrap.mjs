// Runs on any Node from 20.9: installs what the lock file names when it is missing, generates the
// database client, and hands over to the pinned Node 24 of node_modules.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));
const modules = join(root, "node_modules");
const node = join(modules, ".bin", process.platform === "win32" ? "node.cmd" : "node");

/** Installs and generates when package-lock.json or the schema differ from last time. */
export function prepare() {
  const stamp = join(modules, ".callgate-installed");
  const lock = digest(join(root, "package-lock.json"));
  if (!existsSync(node) || read(stamp) !== lock) {
    say("Installing packages (about a minute the first time)");
    // Not `npm ci`: it refuses a lock file from a registry that lacks other platforms' binaries.
    run(
      "npm",
      ["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"],
      "The packages could not be installed",
    );
    writeFileSync(stamp, lock);
  }
  const generated = join(root, "prisma/generated");
  const schema = digest(join(root, "prisma/schema.prisma"));
  if (read(join(generated, ".schema")) !== schema) {
    generate();
    mkdirSync(generated, { recursive: true });
    writeFileSync(join(generated, ".schema"), schema);
  }
}

/** `prisma generate` never runs the schema engine, but wants a program to be named for it. */
export function generate() {
  run(
    node,
    [join(modules, "prisma/build/index.js"), "generate"],
    "The database client could not be generated",
    {
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      PRISMA_HIDE_UPDATE_MESSAGE: "1",
      CHECKPOINT_DISABLE: "1",
    },
  );
}

/** Runs a TypeScript file on the pinned Node; signals reach it, and its exit code is ours. */
export function handOver(script, args) {
  const child = spawn(
    node,
    ["--disable-warning=ExperimentalWarning", join(root, script), ...args],
    {
      stdio: "inherit",
      env: { ...process.env, PATH: `${join(modules, ".bin")}:${process.env.PATH}` },
    },
  );
  // A terminal sends Ctrl-C to the child as well; here it must only not end the wait.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  child.on("exit", (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
  if (process.env.npm_lifecycle_event) whenOrphaned(() => child.kill("SIGTERM"));
}

/** npm passes a signal to its shell, which ends without passing it on. */
function whenOrphaned(act) {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    act();
  }, 500);
}

export function say(text) {
  process.stderr.write(`  ${text}\n`);
}

function run(program, args, failure, env = {}) {
  const done = spawnSync(program, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  if (done.status === 0) return;
  process.stderr.write(
    `${done.stdout ?? ""}${done.stderr ?? ""}${done.error?.message ?? ""}\n${failure}: ${program} ${args[0]}\n`,
  );
  process.exit(1);
}

function digest(file) {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

function read(file) {
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}
