// A session with a connector: the protocol's own test server as a child process behind the gate.
import { readdirSync, readFileSync } from "node:fs";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { database } from "#lib/db.ts";
import { launchConnector } from "./connectors/launch.ts";
import {
  callBody,
  connectClient,
  type GatedServer,
  gateServer,
  initializeBody,
  openSession,
  post,
  startProxy,
  type TestProxy,
} from "./testing/harness.ts";
import { parseAllowedNetworks } from "./upstream/address-guard.ts";
import { STDIO_DEFAULTS, StdioUpstream } from "./upstream/stdio.ts";
import { mostChildrenPerOrg } from "./upstreams.ts";

let proxy: TestProxy;
let definitions: unknown[];

beforeAll(async () => {
  proxy = await startProxy();
  definitions = await listDefinitions();
});

afterAll(() => proxy.close());

const policy = {
  version: 1,
  default: "deny",
  tools: {
    echo: { action: "allow" },
    "get-sum": { action: "allow", rate_limit: { max: 2, window: 60 } },
    "get-env": { action: "hide" },
    "trigger-long-running-operation": { action: "allow" },
  },
};

/** What the connector's program offers, read from it without the gate. */
async function listDefinitions(): Promise<unknown[]> {
  const runtime = {
    environment: process.env,
    dataDir: "/tmp",
    allowed: parseAllowedNetworks([]),
    report: () => {},
  };
  const { command, args, env, cwd } = await launchConnector("everything", {}, {}, runtime);
  const client = new Client({ name: "definitions", version: "1" });
  const stdio = { command, args: [...args], env: { ...env }, cwd, stderr: "ignore" as const };
  await client.connect(new StdioClientTransport(stdio));
  const { tools } = await client.listTools();
  await client.close();
  return tools;
}

async function gateConnector(through = proxy, connector = "everything"): Promise<GatedServer> {
  const known = async () => definitions;
  const gated = await gateServer(
    through,
    { url: "http://127.0.0.1:9/", definitions: known },
    policy,
  );
  await database().server.update({
    where: { orgId_id: { orgId: gated.context.org.id, id: gated.server.id } },
    data: { kind: "connector", connector, url: null },
  });
  return gated;
}

/** Process ids of the connector's programs that this process started. */
function programs(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const parent = /\nPPid:\t(\d+)/.exec(readFileSync(`/proc/${name}/status`, "utf8"))?.[1];
        const command = readFileSync(`/proc/${name}/cmdline`, "utf8");
        return Number(parent) === process.pid && command.includes("server-everything");
      } catch {
        return false;
      }
    })
    .map(Number);
}

function textOf(result: Awaited<ReturnType<Client["callTool"]>>): string {
  return (result.content as { text: string }[])[0]?.text ?? "";
}

describe("a session with a connector", () => {
  test("shows the allowed tools, decides every call, and relays progress", async () => {
    const gated = await gateConnector();
    const client = await connectClient(gated.url, gated.agent.token);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual([
      "echo",
      "get-sum",
      "trigger-long-running-operation",
    ]);
    const echo = await client.callTool({ name: "echo", arguments: { message: "hello" } });
    expect(textOf(echo)).toBe("Echo: hello");
    for (const expected of [/5/, /5/, /Rate limit reached/]) {
      const sum = await client.callTool({ name: "get-sum", arguments: { a: 2, b: 3 } });
      expect(textOf(sum)).toMatch(expected);
    }
    const denied = await client.callTool({ name: "get-tiny-image", arguments: {} });
    expect(textOf(denied)).toContain("Blocked by policy");

    const told: number[] = [];
    const long = { name: "trigger-long-running-operation", arguments: { duration: 1, steps: 4 } };
    await client.callTool(long, undefined, {
      onprogress: ({ progress }) => void told.push(progress),
    });
    expect(told).toEqual([1, 2, 3, 4]);
    await client.close();
  });

  test("hides a tool so that it equals an unknown one, and the program never hears of it", async () => {
    const gated = await gateConnector();
    const send = await openSession(gated.url, gated.agent.token);
    const hidden = await send(callBody("get-env"));
    const unknown = await send(callBody("get-foo"));
    expect(hidden.text).toBe(
      '{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"Unknown tool: get-env"}}',
    );
    expect(unknown.text.replace("get-foo", "get-env")).toBe(hidden.text);
  });

  test("has a program of its own, which DELETE ends together with the session", async () => {
    const before = programs();
    const gated = await gateConnector();
    const send = await openSession(gated.url, gated.agent.token);
    const other = await openSession(gated.url, gated.agent.token);
    expect(programs().length).toBe(before.length + 2);
    const headers = {
      authorization: `Bearer ${gated.agent.token}`,
      "mcp-session-id": send.session,
    };
    expect((await fetch(gated.url, { method: "DELETE", headers })).status).toBe(200);
    await expect.poll(() => programs().length, { timeout: 5_000 }).toBe(before.length + 1);
    const ended = await send(callBody("echo", { message: "x" }));
    expect([ended.status, JSON.parse(ended.text).error]).toEqual([
      404,
      { code: -32001, message: "Session not found" },
    ]);
    expect((await other(callBody("echo", { message: "other" }))).text).toContain("Echo: other");
  });

  test("whose program was killed is over, and the agent starts anew", async () => {
    const before = programs();
    const gated = await gateConnector();
    const send = await openSession(gated.url, gated.agent.token);
    const [program] = programs().filter((pid) => !before.includes(pid));
    const long = { duration: 20, steps: 2 };
    const running = send(callBody("trigger-long-running-operation", long));
    const orgId = gated.context.org.id;
    await expect.poll(() => database().call.count({ where: { orgId } })).toBe(1);
    process.kill(program ?? 0, "SIGKILL");
    expect((await running).text).toContain("The action may or may not have been performed");

    const next = await send(callBody("echo", { message: "x" }));
    expect([next.status, JSON.parse(next.text)]).toEqual([
      404,
      { jsonrpc: "2.0", id: 1, error: { code: -32001, message: "Session not found" } },
    ]);
    await expect.poll(() => database().callOutcome.count({ where: { orgId } })).toBe(2);
    const outcomes = await database().callOutcome.findMany({
      where: { orgId },
      orderBy: { callId: "asc" },
    });
    expect(outcomes.map(({ outcome, detail }) => [outcome, detail])).toEqual([
      ["upstream_error", "closed, after the call was sent"],
      ["upstream_error", expect.stringContaining("nothing was sent")],
    ]);
    const anew = await openSession(gated.url, gated.agent.token);
    expect((await anew(callBody("echo", { message: "anew" }))).text).toContain("Echo: anew");
  });

  test("is the only way to the program: a call without one is told to start a session", async () => {
    const gated = await gateConnector();
    const answer = await post(gated.url, gated.agent.token, callBody("echo"));
    expect([answer.status, JSON.parse(answer.text).error.message]).toEqual([
      404,
      "Session not found",
    ]);
  });

  test("takes no answer to a question the program never asked (ADV-025)", async () => {
    const gated = await gateConnector();
    const send = await openSession(gated.url, gated.agent.token);
    const answer = await send('{"jsonrpc":"2.0","id":1,"result":{}}');
    expect([answer.status, JSON.parse(answer.text).error.code]).toEqual([400, -32600]);
  });
});

test("a session that cannot be recorded leaves no program behind (invariant 1)", async () => {
  const before = programs();
  const gated = await gateConnector();
  const sql = (text: string) => database().$executeRawUnsafe(text);
  await sql(`create function refuse_insert() returns trigger language plpgsql as
    $$ begin raise exception 'no space left'; end $$`);
  await sql(`create trigger refuse_insert before insert on sessions
    for each row execute function refuse_insert()`);
  const answer = await post(gated.url, gated.agent.token, initializeBody);
  await sql("drop trigger refuse_insert on sessions");
  expect(answer.status).toBe(503);
  await expect.poll(programs, { timeout: 5_000 }).toEqual(before);
});

describe("programs that do not serve", () => {
  /** A proxy whose connectors start this command instead. */
  async function withProgram(command: string, args: string[], idleMilliseconds = 900_000) {
    const launch = { command, args, env: {}, cwd: "/tmp" };
    return startProxy({
      ports: {
        openUpstream: async () =>
          new StdioUpstream(launch, { ...STDIO_DEFAULTS, idleMilliseconds }),
      },
    });
  }

  test.each([
    ["is missing", "/no/such/program", []],
    ["ends at once", process.execPath, ["-e", "process.exit(3)"]],
  ])(
    "a session whose program %s is not opened, however often it is tried",
    async (_, command, args) => {
      const broken = await withProgram(command, args);
      const gated = await gateConnector(broken);
      for (let attempt = 0; attempt < mostChildrenPerOrg + 2; attempt += 1) {
        // Another agent's slots for new sessions, so that only the cap on programs could refuse.
        if (attempt % 50 === 0) await database().throttle.deleteMany();
        const answer = await post(gated.url, gated.agent.token, initializeBody);
        expect(answer.text).toMatch(
          /could not answer: (its program did not start|the connection ended)/,
        );
      }
      const live = await database().session.count({
        where: { orgId: gated.context.org.id, endedAt: null },
      });
      expect(live).toBe(0);
      await broken.close();
    },
  );

  test("a session that was left unused is cleared away and makes room for others", async () => {
    const server = `
      process.stdin.on("data", (line) => {
        const { id } = JSON.parse(line);
        const result = { protocolVersion: "2025-11-25", capabilities: {}, serverInfo: { name: "s", version: "1" } };
        process.stdout.write(JSON.stringify({ jsonrpc: "2.0", id, result }) + "\\n");
      });`;
    const idling = await withProgram(process.execPath, ["-e", server], 200);
    const gated = await gateConnector(idling);
    const attempt = () => post(gated.url, gated.agent.token, initializeBody);
    for (let round = 0; round < 3; round += 1) {
      await database().throttle.deleteMany();
      const answers = await Promise.all(Array.from({ length: 22 }, attempt));
      for (const { text } of answers) expect(text).toContain("serverInfo");
    }
    await database().throttle.deleteMany();
    await expect
      .poll(async () => (await attempt()).text, { interval: 300 })
      .toContain("serverInfo");
    await idling.close();
  }, 60_000);
});
