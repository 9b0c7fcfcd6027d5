// One address for all servers of an agent: each server's own gate decides, and nobody else's.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { database } from "#lib/db.ts";
import { makeAgent } from "#lib/testing/factories.ts";
import { type Agent, clients } from "#proxy/testing/agents.ts";
import { dead, everything, type Fleet, makeFleet } from "#proxy/testing/fleet.ts";
import {
  callBody,
  initializeBody,
  listBody,
  openSession,
  post,
  startProxy,
  type TestProxy,
} from "#proxy/testing/harness.ts";
import { startUpstream, type TestUpstream } from "#proxy/testing/upstream.ts";

const httpPolicy = {
  version: 1,
  default: "deny",
  tools: {
    get: { action: "allow" },
    delete_all: { action: "deny", reason: "Deletions are done by the platform team." },
    secret_tool: { action: "hide" },
    send: { action: "allow", rate_limit: { max: 1, window: 60 } },
    wipe: { action: "require_approval", reason: "Wiping needs a second pair of eyes." },
  },
};
const programPolicy = { version: 1, default: "deny", tools: { echo: { action: "allow" } } };

let upstream: TestUpstream;
let proxy: TestProxy;
let fleet: Fleet;

beforeAll(async () => {
  upstream = await startUpstream();
  proxy = await startProxy();
  fleet = await threeServers();
});

afterAll(async () => {
  await proxy.close();
  await upstream.close();
});

function threeServers(): Promise<Fleet> {
  return makeFleet(proxy, {
    http: { ...upstream, document: httpPolicy },
    dead,
    program: everything(programPolicy),
  });
}

async function calls({ context }: Fleet) {
  const rows = await database().call.findMany({
    where: { orgId: context.org.id },
    orderBy: { id: "asc" },
  });
  return rows.map(({ serverId, tool, decision }) => ({ serverId, tool, decision }));
}

/** The answer, which comes as the last event where a server had something to say before. */
function answerOf({ text }: { text: string }) {
  const events = [...text.matchAll(/^data: (.*)$/gm)];
  return JSON.parse(events.at(-1)?.[1] ?? text);
}

describe("one address for all servers", () => {
  test.each(["SDK v2, legacy", "SDK v2, pinned to 2026-07-28"])(
    "%s is judged by each server's rules, and recorded under the server and its tool",
    async (name) => {
      const own = await threeServers();
      const connect = clients[name];
      const agent = (await connect?.(own.url, own.agent.token)) as Agent;
      expect(await agent.list()).toEqual([
        "http__get",
        "http__delete_all",
        "http__send",
        "http__wipe",
        "program__echo",
      ]);
      expect((await agent.call("http__get", { key: "k" })).text).toBe("get:k");
      expect((await agent.call("program__echo", { message: "m" })).text).toBe("Echo: m");
      expect((await agent.call("http__delete_all")).text).toContain("Blocked by policy");
      expect((await agent.call("http__send")).text).toBe("send:");
      expect((await agent.call("http__send")).text).toContain("Rate limit reached");
      expect((await agent.call("http__wipe")).text).toContain("Approval required");
      await agent.close();
      const { http, program } = own.servers;
      expect(await calls(own)).toEqual([
        { serverId: http?.id, tool: "get", decision: "allowed" },
        { serverId: program?.id, tool: "echo", decision: "allowed" },
        { serverId: http?.id, tool: "delete_all", decision: "denied" },
        { serverId: http?.id, tool: "send", decision: "allowed" },
        { serverId: http?.id, tool: "send", decision: "limited" },
        { serverId: http?.id, tool: "wipe", decision: "approval" },
      ]);
    },
  );

  test("a dead server leaves the others usable and is named, with what is wrong", async () => {
    const send = await openSession(fleet.url, fleet.agent.token);
    const { result } = answerOf(await send(listBody));
    expect(result._meta).toEqual({
      "dev.callgate/unavailable": [
        { server: "dead", reason: expect.stringContaining("it cannot be reached") },
      ],
    });
    const { error } = answerOf(await send(callBody("dead__get")));
    expect(error.message).toContain('Server "dead" could not answer');
  });

  test("a hidden tool equals one that there is not, and so does a server that is not the agent's", async () => {
    const send = await openSession(fleet.url, fleet.agent.token);
    const before = upstream.executed.length;
    const answers = await Promise.all(
      ["http__secret_tool", "http__secret_tuna", "nobody__get", "secret_tool"].map(async (name) => {
        const { status, text } = await send(callBody(name));
        return { status, text: text.replace(name, "NAME") };
      }),
    );
    const unknown =
      '{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"Unknown tool: NAME"}}';
    expect(answers).toEqual(Array(4).fill({ status: 200, text: unknown }));
    expect(upstream.executed.length).toBe(before);
  });

  test("no server gets a call for another's tool, whatever it calls its own (ADV-057)", async () => {
    const attacker = await startUpstream({ extra: ["http__get"] });
    const document = { version: 1, default: "allow" };
    const own = await makeFleet(proxy, {
      "a-attacker": { ...attacker, document },
      http: { ...upstream, document },
    });
    const send = await openSession(own.url, own.agent.token);
    const { result } = answerOf(await send(listBody));
    const names: string[] = result.tools.map(({ name }: { name: string }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain("a-attacker__http__get");
    const before = upstream.executed.length;
    expect((await send(callBody("http__get"))).text).toContain("get:");
    expect([attacker.executed, upstream.executed.slice(before)]).toEqual([[], ["get"]]);
    await send(callBody("a-attacker__http__get"));
    expect([attacker.executed, upstream.executed.slice(before)]).toEqual([["http__get"], ["get"]]);
    await attacker.close();
  });

  test("a tool whose name would be none with its server's is left out, and named", async () => {
    const long = "x".repeat(125);
    const wordy = await startUpstream({ extra: [long] });
    const own = await makeFleet(proxy, {
      wordy: {
        ...wordy,
        document: { version: 1, default: "deny", tools: { [long]: { action: "allow" } } },
      },
    });
    const send = await openSession(own.url, own.agent.token);
    const { result } = answerOf(await send(listBody));
    expect(result).toEqual({
      tools: [],
      _meta: { "dev.callgate/omitted": [`wordy/${long}`] },
    });
    await wordy.close();
  });
});

describe("who may use the address", () => {
  test("an agent of another org finds nothing there, and no session of another agent", async () => {
    const other = await threeServers();
    const foreign = await post(fleet.url, other.agent.token, initializeBody);
    expect([foreign.status, JSON.parse(foreign.text).error.code]).toEqual([404, 404]);
    const neighbour = await makeAgent(fleet.context, {
      servers: Object.values(fleet.servers),
    });
    const send = await openSession(fleet.url, fleet.agent.token);
    const headers = { "mcp-session-id": send.session };
    for (const [url, token, status] of [
      [fleet.url, neighbour.token, 404],
      [other.url, other.agent.token, 404],
      [fleet.url, "cg_agt_nonsense", 401],
      [fleet.url, null, 401],
    ] as const) {
      expect((await post(url, token, listBody, headers)).status).toBe(status);
    }
    expect((await send(listBody)).status).toBe(200);
  });

  test("a grant that is taken away or given holds for the next list and the next call", async () => {
    const own = await threeServers();
    const { http } = own.servers;
    const key = { orgId: own.context.org.id, agentId: own.agent.id, serverId: http?.id ?? "" };
    const send = await openSession(own.url, own.agent.token);
    const listed = async () =>
      answerOf(await send(listBody)).result.tools.map(({ name }: { name: string }) => name);
    expect(await listed()).toContain("http__get");
    expect((await send(callBody("http__get"))).text).toContain("get:");

    await database().grant.delete({ where: { orgId_agentId_serverId: key } });
    expect(await listed()).toEqual(["program__echo"]);
    expect((await send(callBody("http__get"))).text).toContain("Unknown tool: http__get");

    await database().grant.create({ data: key });
    expect(await listed()).toContain("http__get");
    expect((await send(callBody("http__get"))).text).toContain("get:");

    await database().agentToken.updateMany({
      where: { orgId: key.orgId, agentId: key.agentId },
      data: { revokedAt: new Date() },
    });
    expect((await send(listBody)).status).toBe(401);
  });

  test("an agent opens no more sessions in a minute than it may with one server", async () => {
    const own = await makeFleet(proxy, {});
    for (let opened = 0; opened < 60; opened += 1) {
      await openSession(own.url, own.agent.token);
    }
    const { text } = await post(own.url, own.agent.token, initializeBody);
    expect(JSON.parse(text).error.code).toBe(429);
  });
});
