import { type ChildProcess, spawn } from "node:child_process";

/** How to start a program: a list of words, never a shell line. `env` is its whole environment. */
export interface Launch {
  command: string;
  args: readonly string[];
  env: Readonly<Record<string, string>>;
  cwd: string;
}

export interface ChildEvents {
  /** One line of standard output without its line end. */
  onLine(line: Buffer): void;
  /** Once: the program could not be started, wrote an endless line, or ended. */
  onEnd(end: ChildEnd): void;
}

export type ChildEnd =
  | { kind: "not_started"; missing: boolean }
  | { kind: "line_too_long" }
  | { kind: "exited"; how: string };

export interface LineChild {
  /** Resolves once the program runs, or could not be started (then `onEnd` was called). */
  readonly started: Promise<void>;
  /** Writes one line; false when the program no longer reads, or has too much left to read. */
  write(line: string): boolean;
  /** Leaves the program's output in the operating system's pipe, where it makes it wait. */
  pause(): void;
  resume(): void;
  /** The last 4 KB the program wrote to standard error. */
  diagnostics(): string;
  /** Closes its input, then asks, then kills; resolves when the whole group is gone. */
  stop(): Promise<void>;
}

const DIAGNOSTICS_CHARACTERS = 4096;
const LINE_FEED = 10;

/** Groups that must not outlive this process, whatever ends it short of SIGKILL. */
const liveGroups = new Set<number>();
process.once("exit", () => {
  for (const group of liveGroups) signalGroup(group, "SIGKILL");
});

/**
 * Starts a program in its own process group (launchers such as uvx have children of their own)
 * and reads its output line by line. After a SIGKILL of this process the program sees the end of
 * its input, on which MCP stdio servers exit (MCP 2025-11-25, transports, stdio shutdown).
 */
export function startLineChild(
  launch: Launch,
  events: ChildEvents,
  limits: { maxLineBytes: number; maxUnreadBytes: number; stopMilliseconds: number },
): LineChild {
  const child = spawn(launch.command, [...launch.args], {
    // Next's types demand NODE_ENV of every environment; a connector's has no reason to hold it.
    env: { ...launch.env } as unknown as NodeJS.ProcessEnv,
    cwd: launch.cwd,
    detached: true,
    shell: false,
    stdio: ["pipe", "pipe", "pipe"],
  });
  const group = child.pid;
  if (group !== undefined) liveGroups.add(group);

  let ended = false;
  const end = (reason: ChildEnd) => {
    if (ended) return;
    ended = true;
    events.onEnd(reason);
  };
  const gone = new Promise<void>((resolve) => {
    child.once("error", (error) => {
      end({ kind: "not_started", missing: "code" in error && error.code === "ENOENT" });
      resolve();
    });
    child.once("exit", () => {
      // Helpers that the program left behind hold its credentials and its output; they go with it.
      if (group === undefined) return;
      signalGroup(group, "SIGKILL");
      liveGroups.delete(group);
    });
    child.once("close", (code, signal) => {
      end({ kind: "exited", how: signal === null ? `exit code ${code}` : signal });
      resolve();
    });
  });

  const started = new Promise<void>((resolve) => {
    child.once("spawn", resolve).once("error", () => resolve());
  });

  let diagnostics = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    diagnostics = (diagnostics + text).slice(-DIAGNOSTICS_CHARACTERS);
  });
  child.stdin.on("error", () => {
    // A broken pipe is followed by "close", which says how the program ended.
  });
  readLines(child, limits.maxLineBytes, events.onLine, () => {
    end({ kind: "line_too_long" });
    if (group !== undefined) signalGroup(group, "SIGKILL");
  });

  return {
    started,
    write: (line) => {
      if (ended || !child.stdin.writable) return false;
      if (child.stdin.writableLength > limits.maxUnreadBytes) return false;
      child.stdin.write(`${line}\n`);
      return true;
    },
    pause: () => void child.stdout.pause(),
    resume: () => void child.stdout.resume(),
    diagnostics: () => diagnostics,
    stop: async () => {
      // A paused output would never end, and the program might wait for it to be read.
      child.stdout.resume();
      child.stdin.end();
      for (const signal of ["SIGTERM", "SIGKILL"] as const) {
        if (await settlesWithin(gone, limits.stopMilliseconds)) return;
        if (group !== undefined) signalGroup(group, signal);
      }
      await gone;
    },
  };
}

function readLines(
  child: ChildProcess,
  maxLineBytes: number,
  onLine: (line: Buffer) => void,
  onTooLong: () => void,
): void {
  let parts: Buffer[] = [];
  let length = 0;
  child.stdout?.on("data", (chunk: Buffer) => {
    let start = 0;
    for (let at = chunk.indexOf(LINE_FEED); at !== -1; at = chunk.indexOf(LINE_FEED, start)) {
      parts.push(chunk.subarray(start, at));
      const line = parts.length === 1 ? parts[0] : Buffer.concat(parts);
      parts = [];
      length = 0;
      start = at + 1;
      if (line !== undefined) onLine(line);
    }
    length += chunk.length - start;
    if (length > maxLineBytes) {
      child.stdout?.removeAllListeners("data").resume();
      onTooLong();
    } else if (start < chunk.length) {
      parts.push(chunk.subarray(start));
    }
  });
}

/** Signals a whole process group; a group that is already gone is what was wanted. */
function signalGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch {
    // ESRCH: nobody left.
  }
}

async function settlesWithin(done: Promise<void>, milliseconds: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), milliseconds);
  });
  const inTime = await Promise.race([done.then(() => true), late]);
  clearTimeout(timer);
  return inTime;
}
