import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

interface SystemProgram {
  /** Any of these on PATH will do; the first found is used. */
  names: string[];
  /** Debian packages that bring one of them; the first that exists is installed. */
  packages: string[];
  purpose: string;
}

export const browser: SystemProgram = {
  names: ["chromium", "chromium-browser", "google-chrome"],
  packages: ["chromium"],
  purpose: "the browser tests",
};

export const dataServer: SystemProgram = {
  names: ["valkey-server", "redis-server"],
  packages: ["valkey-server", "redis-server"],
  purpose: "the tests with a real Valkey data server",
};

/**
 * Path of a program, installing its Debian package when that is possible without asking anybody.
 * @returns null when it cannot be had; `say` has then told what to do
 */
export function ensureProgram(program: SystemProgram, say: (line: string) => void): string | null {
  const found = findOnPath(program.names);
  if (found) return found;
  if (process.getuid?.() === 0 && findOnPath(["apt-get"])) {
    say(`Installing ${program.packages.join(" or ")} for ${program.purpose}`);
    apt(["update", "-q"]);
    for (const name of program.packages) {
      if (apt(["install", "-y", "-q", "--no-install-recommends", name])) break;
    }
  }
  const installed = findOnPath(program.names);
  if (!installed) {
    say(
      `Missing for ${program.purpose}: install ${program.packages.join(" or ")} with your package manager.`,
    );
  }
  return installed;
}

function findOnPath(names: string[]): string | null {
  for (const name of names) {
    for (const folder of (process.env.PATH ?? "").split(delimiter)) {
      const path = join(folder, name);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        // Not in this folder.
      }
    }
  }
  return null;
}

function apt(args: string[]): boolean {
  const environment = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  return spawnSync("apt-get", args, { stdio: "ignore", env: environment }).status === 0;
}
