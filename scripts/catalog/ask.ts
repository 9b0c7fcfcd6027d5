import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import type { Installed } from "./install.ts";

/** What a server said when it was started and asked. */
export interface Answer {
  protocolRevision: string;
  serverInfo: unknown;
  tools: unknown[];
}

const ASK_LIMIT_MS = 90_000;
const PROTOCOL_REVISION = "2025-11-25";
/** Some servers register their tools only after the handshake. */
const EMPTY_RETRIES = 5;
const MAX_PAGES = 100;

const Handshake = z.object({ protocolVersion: z.string(), serverInfo: z.unknown() });
const Page = z.object({ tools: z.array(z.unknown()), nextCursor: z.string().nullish() });
const Message = z.object({
  id: z.union([z.string(), z.number()]).optional(),
  method: z.string().optional(),
  result: z.unknown().optional(),
  error: z.object({ message: z.string() }).optional(),
});

/**
 * Starts an installed server over stdio with an environment of its own, asks for every page of its
 * tools and ends it. Throws where it does not answer in time; the end of its log is in the message.
 */
export async function ask(
  server: Installed,
  home: string,
  env: Readonly<Record<string, string>>,
): Promise<Answer> {
  const script = server.file.endsWith(".js") || server.file.endsWith(".mjs");
  const bin = join(import.meta.dirname, "../../node_modules/.bin");
  const child = spawn(
    script ? process.execPath : server.file,
    script ? [server.file, ...server.args] : server.args,
    {
      cwd: home,
      // A group of its own, so that what the server starts ends with it.
      detached: true,
      env: {
        NODE_ENV: "production",
        PATH: [bin, process.env.PATH].join(delimiter),
        HOME: home,
        ...env,
      },
    },
  );
  const log: string[] = [];
  child.stderr.setEncoding("utf8").on("data", (text: string) => log.push(text));
  child.stdin.on("error", () => {});
  const stop = new AbortController();
  const ended = new Promise<never>((_, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`it ended with code ${code}`)));
  });
  const late = pause(ASK_LIMIT_MS, undefined, { signal: stop.signal }).then(() => {
    throw new Error("it did not answer in time");
  });
  // Whichever loses the race is of no interest.
  late.catch(() => {});
  ended.catch(() => {});
  try {
    return await Promise.race([converse(child), ended, late]);
  } catch (cause) {
    const tail = log.join("").slice(-600).trim();
    throw new Error(`${cause instanceof Error ? cause.message : cause}; it said: ${tail}`, {
      cause,
    });
  } finally {
    stop.abort();
    endGroup(child);
  }
}

async function converse(child: ChildProcessWithoutNullStreams): Promise<Answer> {
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  const send = (message: object) =>
    child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
  createInterface({ input: child.stdout }).on("line", (line) => {
    const message = readMessage(line);
    if (message === null || message.id === undefined) return;
    if (message.method !== undefined) {
      // The server asks us: we have no roots and answer nothing else.
      const result = message.method === "roots/list" ? { roots: [] } : {};
      send({ id: message.id, result });
      return;
    }
    const request = waiting.get(Number(message.id));
    if (message.error === undefined) request?.resolve(message.result);
    else request?.reject(new Error(message.error.message));
  });
  let id = 0;
  const request = (method: string, params: object) =>
    new Promise<unknown>((resolve, reject) => {
      id += 1;
      waiting.set(id, { resolve, reject });
      send({ id, method, params });
    });

  const handshake = Handshake.parse(
    await request("initialize", {
      protocolVersion: PROTOCOL_REVISION,
      capabilities: {},
      clientInfo: { name: "callgate-catalog", version: "1" },
    }),
  );
  send({ method: "notifications/initialized" });
  for (let attempt = 0; ; attempt += 1) {
    const tools = await listTools(request);
    if (tools.length > 0 || attempt === EMPTY_RETRIES) {
      return {
        protocolRevision: handshake.protocolVersion,
        serverInfo: handshake.serverInfo,
        tools,
      };
    }
    await pause(2_000);
  }
}

async function listTools(
  request: (method: string, params: object) => Promise<unknown>,
): Promise<unknown[]> {
  const tools: unknown[] = [];
  let cursor: string | null | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const answer = Page.parse(await request("tools/list", cursor ? { cursor } : {}));
    tools.push(...answer.tools);
    cursor = answer.nextCursor;
    if (!cursor) return tools;
  }
  throw new Error("its list has no end");
}

/** Servers print other things to stdout too, whatever the specification says. */
function readMessage(line: string): z.output<typeof Message> | null {
  try {
    return Message.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}

function endGroup(child: ChildProcessWithoutNullStreams): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}
