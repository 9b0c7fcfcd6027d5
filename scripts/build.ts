import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const sources = [
  "app",
  "components",
  "lib",
  "public",
  "prisma/schema.prisma",
  "next.config.ts",
  "postcss.config.mjs",
  "tsconfig.json",
  "package-lock.json",
];

/** Builds the dashboard unless what it is built from has not changed since the last build. */
export async function buildWhenStale(root: string, say: (line: string) => void): Promise<void> {
  const stamp = join(root, ".next", "callgate-sources");
  const digest = digestOf(root);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === digest) return;
  say("Building the dashboard (about a minute; only after changes)");
  const output: Buffer[] = [];
  const next = join(root, "node_modules/next/dist/bin/next");
  const child = spawn(process.execPath, [next, "build"], {
    cwd: root,
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: "1", NODE_ENV: "production" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stdout.on("data", (chunk) => output.push(chunk));
  child.stderr.on("data", (chunk) => output.push(chunk));
  const code = await new Promise((done, fail) => {
    child.once("error", fail);
    child.once("exit", done);
  });
  if (code !== 0) throw new Error(`the dashboard does not build:\n${Buffer.concat(output)}`);
  mkdirSync(join(root, ".next"), { recursive: true });
  writeFileSync(stamp, digest);
}

function digestOf(root: string): string {
  const hash = createHash("sha256");
  for (const source of sources) addTo(hash, join(root, source));
  return hash.digest("hex");
}

function addTo(hash: ReturnType<typeof createHash>, path: string): void {
  if (!existsSync(path)) return;
  const entries = readEntries(path);
  if (entries === null) {
    if (!path.endsWith(".test.ts")) hash.update(path).update(readFileSync(path));
    return;
  }
  for (const entry of entries) addTo(hash, join(path, entry));
}

function readEntries(path: string): string[] | null {
  try {
    return readdirSync(path).sort();
  } catch {
    return null;
  }
}
