import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A requirement set of the suite, frozen at the revision's release. */
export type Revision = "2025-11-25" | "2026-07-28";

/** One check of one scenario. */
export interface Check {
  scenario: string;
  id: string;
  status: string;
  /** Why it failed; empty otherwise. */
  reason: string;
}

const program = join(
  import.meta.dirname,
  "../../node_modules/@modelcontextprotocol/conformance/dist/index.js",
);

const brokenOff = '[{"id":"runs to its end","status":"FAILURE"}]';

/**
 * Runs the official conformance suite against a server and returns every check it made, in the
 * order of their names.
 * @throws Error when it made none
 */
export async function runSuite(url: string, revision: Revision): Promise<Check[]> {
  const folder = await mkdtemp(join(tmpdir(), "callgate-conformance-"));
  try {
    const args = [program, "server", "--url", url, "--requirements", revision, "-o", folder];
    const said = await output(args);
    const checks: Check[] = [];
    for (const name of (await readdir(folder)).sort()) {
      const scenario = /^server-(.+)-\d{4}-\d\d-\d\dT[\d-]+Z$/.exec(name)?.[1];
      if (scenario === undefined) continue;
      // A scenario that breaks off leaves no checks, which is a failure like any other.
      const file = join(folder, name, "checks.json");
      const text = existsSync(file) ? await readFile(file, "utf8") : brokenOff;
      for (const { id, status, errorMessage } of JSON.parse(text)) {
        checks.push({ scenario, id, status, reason: errorMessage ?? "" });
      }
    }
    if (checks.length === 0) throw new Error(`The conformance suite made no checks:\n${said}`);
    return checks;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** It exits with 1 when a check fails, which is a result and not a fault. */
function output(args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  const take = (chunk: string) => {
    said = (said + chunk).slice(-4_000);
  };
  child.stdout.setEncoding("utf8").on("data", take);
  child.stderr.setEncoding("utf8").on("data", take);
  return new Promise((done, fail) => {
    child.once("error", fail);
    child.once("close", () => done(said));
  });
}
