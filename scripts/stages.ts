import { spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

const root = resolve(import.meta.dirname, "..");
const bin = (name: string) => join(root, "node_modules/.bin", name);

/** Lint, boundaries, types. Each is one check. */
export async function runChecks(): Promise<Counts> {
  const checks: [string, string[]][] = [
    ["lint, format and import boundaries", [bin("biome"), "check", "."]],
    ["route types", [bin("next"), "typegen"]],
    ["types", [bin("tsc"), "--noEmit", "-p", "."]],
  ];
  const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  for (const [title, [program = "", ...args]] of checks) {
    const { code, output } = await run(program, args, false);
    say(`${code === 0 ? "ok    " : "FAILED"}  ${title}`);
    if (code === 0) counts.passed += 1;
    else {
      counts.failed += 1;
      process.stdout.write(output);
    }
  }
  return counts;
}

/** Vitest, one or both of its projects (vitest.config.ts). */
export async function runVitest(project: "unit" | "integration" | null): Promise<Counts> {
  const report = join(tmpdir(), `callgate-vitest-${process.pid}.json`);
  const which = project ? ["--project", project] : [];
  const { code } = await run(
    bin("vitest"),
    ["run", ...which, "--reporter=default", "--reporter=json", `--outputFile.json=${report}`],
    true,
  );
  const parsed = takeReport(report);
  const counts: Counts = {
    passed: numberAt(parsed, "numPassedTests"),
    failed: numberAt(parsed, "numFailedTests"),
    skipped: numberAt(parsed, "numPendingTests") + numberAt(parsed, "numTodoTests"),
  };
  return failedAtLeast(counts, code);
}

/** Playwright: the journeys in a real browser, against the started product. */
export async function runPlaywright(environment: Record<string, string>): Promise<Counts> {
  const report = join(tmpdir(), `callgate-playwright-${process.pid}.json`);
  const { code } = await run(bin("playwright"), ["test", "--reporter=list,json"], true, {
    ...environment,
    PLAYWRIGHT_JSON_OUTPUT_NAME: report,
  });
  const stats = takeReport(report).stats;
  const found = typeof stats === "object" && stats !== null ? stats : {};
  const counts: Counts = {
    passed: numberAt(found, "expected") + numberAt(found, "flaky"),
    failed: numberAt(found, "unexpected"),
    skipped: numberAt(found, "skipped"),
  };
  return failedAtLeast(counts, code);
}

export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** A runner that ends badly has failed, whatever it counted. */
function failedAtLeast(counts: Counts, code: number): Counts {
  return code === 0 || counts.failed > 0 ? counts : { ...counts, failed: 1 };
}

function takeReport(file: string): Record<string, unknown> {
  if (!existsSync(file)) return {};
  const parsed: Record<string, unknown> = JSON.parse(readFileSync(file, "utf8"));
  rmSync(file);
  return parsed;
}

function numberAt(record: object, key: string): number {
  const value: unknown = new Map(Object.entries(record)).get(key);
  return typeof value === "number" ? value : 0;
}

function run(
  program: string,
  args: string[],
  shown: boolean,
  environment: Record<string, string> = {},
): Promise<{ code: number; output: string }> {
  const child = spawn(program, args, {
    cwd: root,
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: "1", ...environment },
    stdio: ["ignore", shown ? "inherit" : "pipe", shown ? "inherit" : "pipe"],
  });
  const output: Buffer[] = [];
  child.stdout?.on("data", (chunk) => output.push(chunk));
  child.stderr?.on("data", (chunk) => output.push(chunk));
  return new Promise((done, fail) => {
    child.once("error", fail);
    child.once("exit", (code) =>
      done({ code: code ?? 1, output: Buffer.concat(output).toString("utf8") }),
    );
  });
}
