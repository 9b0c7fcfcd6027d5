import { spawn } from "node:child_process";
import { resolve } from "node:path";

export interface Run {
  code: number | null;
  stdout: string;
  stderr: string;
  /** Standard output read as JSON. */
  json(): unknown;
}

export interface RunOptions {
  /** What comes on standard input. */
  input?: string;
  /** Added to this process's environment; undefined removes a variable. */
  environment?: Record<string, string | undefined>;
}

const program = resolve(import.meta.dirname, "../callgate.ts");

/** Runs the real command line as a process of its own, on the database of this test file. */
export function callgate(words: readonly string[], options: RunOptions = {}): Promise<Run> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [program, ...words], {
      env: { ...process.env, ...options.environment },
      stdio: ["pipe", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (part: string) => {
      stdout += part;
    });
    child.stderr.setEncoding("utf8").on("data", (part: string) => {
      stderr += part;
    });
    // A command that does not read its input may be gone before it is written.
    child.stdin.on("error", () => {});
    child.stdin.end(options.input ?? "");
    child.once("error", fail);
    child.once("close", (code) =>
      done({ code, stdout, stderr, json: () => JSON.parse(stdout) as unknown }),
    );
  });
}
