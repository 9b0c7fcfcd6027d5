import { tmpdir } from "node:os";
import { afterEach } from "vitest";
import type { JsonRpcRequest } from "#proxy/json/json-rpc.ts";
import { STDIO_DEFAULTS, type StdioOptions, StdioUpstream } from "#proxy/upstream/stdio.ts";
import type { UpstreamContext, UpstreamEvent, UpstreamReply } from "#proxy/upstream/types.ts";

export const CONTEXT: UpstreamContext = { sessionId: null, protocolVersion: null };

/** For files that talk with programs: starts them, and ends them after each test. */
export function setUpPrograms() {
  const open: StdioUpstream[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((upstream) => upstream.close()));
  });

  function launch(
    args: string[],
    options: Partial<StdioOptions> = {},
    command = process.execPath,
  ): StdioUpstream {
    const env = { PATH: process.env.PATH ?? "" };
    const upstream = new StdioUpstream(
      { command, args, env, cwd: tmpdir() },
      { ...STDIO_DEFAULTS, stopMilliseconds: 200, ...options },
    );
    open.push(upstream);
    return upstream;
  }

  /** A program that runs `body` for every message `m` it reads; `say` writes one message. */
  function program(body: string, options: Partial<StdioOptions> = {}): StdioUpstream {
    const script = `
      const say = (o) => process.stdout.write((typeof o === "string" ? o : JSON.stringify(o)) + "\\n");
      const answer = (id, result) => say({ jsonrpc: "2.0", id, result });
      require("readline").createInterface({ input: process.stdin }).on("line", (l) => { const m = JSON.parse(l); ${body} });
    `;
    return launch(["-e", script], options);
  }

  return { launch, program };
}

export const request = (id: string | number, method: string, params = {}): JsonRpcRequest => ({
  jsonrpc: "2.0",
  id,
  method,
  params,
});

export async function eventsOf(reply: UpstreamReply): Promise<UpstreamEvent[]> {
  if (reply.kind !== "stream") throw new Error(`expected a stream, got ${JSON.stringify(reply)}`);
  const events: UpstreamEvent[] = [];
  for await (const event of reply.events) events.push(event);
  return events;
}
