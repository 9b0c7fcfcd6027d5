import { decideApproval, listApprovals } from "#lib/approvals/approvals.ts";
import { type GatedServer, gateServer, openSession } from "./harness.ts";
import { type ScriptedServer, startScriptedServer } from "./scripted-server.ts";

/** A server (2025-11-25) that runs calls as tasks where it is asked to, under a gate. */
export interface TaskServer extends AsyncDisposable {
  upstream: ScriptedServer;
  /** How often it ran a call. */
  ran(): number;
  /** Where `pay` and `plain` take an approval, and `free` none. */
  gate(proxy: { origin: string }, rule?: object): Promise<GatedServer>;
}

export type Send = Awaited<ReturnType<typeof openSession>>;

const definitions = [
  { name: "pay", inputSchema: { type: "object" }, execution: { taskSupport: "optional" } },
  { name: "free", inputSchema: { type: "object" }, execution: { taskSupport: "optional" } },
  { name: "plain", inputSchema: { type: "object" } },
];

/** Its tasks are `theirs-1`, `theirs-2`, …; it lists them in pages of two. */
export async function startTaskServer(): Promise<TaskServer> {
  const upstream = await startScriptedServer();
  const { scripts } = upstream;
  const tasks: string[] = [];
  let ran = 0;
  // The casts: params are what the test's own requests hold.
  const idOf = (params: unknown) => (params as { taskId: string }).taskId;
  scripts.set("initialize", () => ({
    result: {
      protocolVersion: "2025-11-25",
      capabilities: { tools: {}, tasks: { list: {}, requests: { tools: { call: {} } } } },
      serverInfo: { name: "tasks", version: "1" },
    },
  }));
  scripts.set("tools/list", () => ({ result: { tools: definitions } }));
  scripts.set("tools/call", ({ params }) => {
    ran += 1;
    const { task: asked } = params as { task?: object };
    if (!asked) return { result: { content: [{ type: "text", text: "at once" }] } };
    tasks.push(`theirs-${ran}`);
    return { result: { task: taskOf(`theirs-${ran}`, "working") } };
  });
  scripts.set("tasks/get", ({ params }) => ({ result: taskOf(idOf(params), "completed") }));
  scripts.set("tasks/cancel", ({ params }) => ({ result: taskOf(idOf(params), "cancelled") }));
  scripts.set("tasks/result", ({ params }) => ({
    result: {
      content: [{ type: "text", text: `paid by ${idOf(params)}` }],
      _meta: { "io.modelcontextprotocol/related-task": { taskId: idOf(params) } },
    },
  }));
  scripts.set("tasks/list", ({ params }) => {
    const from = Number((params as { cursor?: string } | undefined)?.cursor ?? 0);
    const page = tasks.slice(from, from + 2).map((id) => taskOf(id, "working"));
    const more = tasks.length > from + 2 ? { nextCursor: String(from + 2) } : {};
    return { result: { tasks: page, ...more } };
  });
  return {
    upstream,
    ran: () => ran,
    gate: (proxy, rule = {}) =>
      gateServer(
        proxy,
        { url: upstream.url, definitions: async () => definitions },
        {
          version: 1,
          default: "deny",
          tools: {
            pay: { action: "require_approval", ...rule },
            free: { action: "allow" },
            plain: { action: "require_approval" },
          },
        },
      ),
    [Symbol.asyncDispose]: () => upstream[Symbol.asyncDispose](),
  };
}

function taskOf(taskId: string, status: string) {
  const at = "2026-11-21T00:00:00Z";
  return { taskId, status, ttl: 60_000, createdAt: at, lastUpdatedAt: at };
}

/** The answer to one request, as JSON or the last event of a stream. */
export async function ask(send: Send, method: string, params: object, id: number | string = 1) {
  const { text } = await send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
  return JSON.parse(
    text
      .match(/^data: (.*)$/gm)
      ?.at(-1)
      ?.slice(6) ?? text,
  );
}

/** Asks for a call of `pay` as a task, in a session of its own. */
export async function startTask(server: GatedServer, key = "a") {
  const send = await openSession(server.url, server.agent.token);
  const { result } = await ask(send, "tools/call", {
    name: "pay",
    arguments: { key },
    task: { ttl: 60_000 },
  });
  return { send, result, taskId: String(result.task.taskId) };
}

/** Decides the request that waits. */
export async function decide(server: GatedServer, decision: "approve" | "deny", note = "") {
  const [row] = await listApprovals(server.context, { state: "pending" });
  await decideApproval(server.context, { id: row?.id, decision, note });
}
