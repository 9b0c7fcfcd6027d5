// The oldest MCP revision that an org accepts, at the address of all its servers.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { setMinimumRevision } from "#lib/orgs/settings.ts";
import type { Revision } from "#lib/policy/revisions.ts";
import { openEvents } from "#proxy/testing/event-reader.ts";
import { type Fleet, makeFleet } from "#proxy/testing/fleet.ts";
import {
  callBody,
  initializeBody,
  listBody,
  post,
  startProxy,
  type TestProxy,
} from "#proxy/testing/harness.ts";
import { askModern } from "#proxy/testing/modern.ts";
import { type ScriptedServer, startScriptedServer } from "#proxy/testing/scripted-server.ts";

const document = { version: 1, default: "allow" };

let proxies: [TestProxy, TestProxy];
let current: ScriptedServer;
let behind: ScriptedServer;
let fleet: Fleet;

beforeAll(async () => {
  proxies = [await startProxy(), await startProxy()];
});

beforeEach(async () => {
  current = await startScriptedServer();
  behind = await startScriptedServer();
  agreeingTo(behind, "2025-03-26");
  const members = { current: { ...current, document }, behind: { ...behind, document } };
  fleet = await makeFleet(proxies[0], members);
  return async () => {
    await current[Symbol.asyncDispose]();
    await behind[Symbol.asyncDispose]();
  };
});

afterAll(async () => {
  for (const proxy of proxies) await proxy.close();
});

function agreeingTo(server: ScriptedServer, protocolVersion: string): void {
  server.scripts.set("initialize", () => ({
    result: {
      protocolVersion,
      capabilities: { tools: {} },
      serverInfo: { name: "b", version: "1" },
    },
  }));
}

const accept = (minimumRevision: Revision | null) =>
  setMinimumRevision(fleet.context, { minimumRevision });

const send = (body: string, headers: Record<string, string> = {}, { origin } = proxies[0]) =>
  post(origin + new URL(fleet.url).pathname, fleet.agent.token, body, headers);

const greet = (revision: string) => send(initializeBody.replace("2025-11-25", revision));

async function openIn(revision: string): Promise<Record<string, string>> {
  return { "mcp-session-id": (await greet(revision)).headers.get("mcp-session-id") ?? "" };
}

const received = () => current.received.length + behind.received.length;

/** Status, code and the start of the message of each proxy's answer. */
async function refusals(body: string, headers: Record<string, string>) {
  const answers = [];
  for (const proxy of proxies) {
    const { status, text } = await send(body, headers, proxy);
    const { error } = JSON.parse(text);
    answers.push([status, error?.code, error?.message.split(". ")[0]]);
  }
  return answers;
}

const tooOld = (revision: string) =>
  Array(2).fill([400, -32000, `Unsupported protocol version: ${revision}`]);

test("initialize that asks for an older revision opens no session, and one that is new enough does", async () => {
  await accept("2025-06-18");
  const { status, headers, text } = await greet("2025-03-26");
  expect([status, headers.get("mcp-session-id")]).toEqual([200, null]);
  expect(JSON.parse(text).error).toMatchObject({
    code: -32602,
    data: { supported: ["2025-06-18", "2025-11-25", "2026-07-28"], requested: "2025-03-26" },
  });
  expect((await send(callBody("current__get"), await openIn("2025-06-18"))).text).toContain("done");
});

describe("on every proxy that has served it before", () => {
  const both = async (headers: Record<string, string>) => {
    for (const proxy of proxies) {
      expect((await send(callBody("current__get"), headers, proxy)).text).toContain("done");
    }
  };

  test("an older session is refused with its next message, and served as soon as it may be again", async () => {
    // Its server agreed to a newer revision than the agent speaks.
    const session = await openIn("2025-03-26");
    await both(session);
    await accept("2025-06-18");
    const before = received();
    for (const body of [callBody("current__get"), listBody]) {
      expect(await refusals(body, session)).toEqual(tooOld("2025-03-26"));
    }
    const stream = await openEvents(fleet.url, fleet.agent.token, session["mcp-session-id"] ?? "");
    expect(stream.status).toBe(400);
    expect(received()).toBe(before);
    await accept(null);
    await both(session);
  });

  test("an older header is refused in a session that is new enough", async () => {
    const session = await openIn("2025-11-25");
    const headers = { ...session, "mcp-protocol-version": "2025-03-26" };
    await both(headers);
    await accept("2025-06-18");
    const before = received();
    expect(await refusals(callBody("current__get"), headers)).toEqual(tooOld("2025-03-26"));
    expect(received()).toBe(before);
    await both(session);
  });

  test("2026-07-28 as the oldest shuts out every session, and serves who speaks it", async () => {
    const session = await openIn("2025-11-25");
    await both(session);
    await accept("2026-07-28");
    const before = received();
    expect(await refusals(callBody("current__get"), session)).toEqual(tooOld("2025-11-25"));
    expect(JSON.parse((await greet("2025-11-25")).text).error.code).toBe(-32602);
    expect(received()).toBe(before);
    for (const name of ["current__get", "behind__get"]) {
      expect((await askModern(fleet, "tools/call", { name })).text).toContain("done");
    }
    const { body } = await askModern(fleet, "server/discover");
    expect(body.result?.supportedVersions).toEqual(["2026-07-28"]);
  });
});

describe("a server that agrees only to an older revision", () => {
  const listed = async (session: Record<string, string>) => {
    const { tools, _meta } = JSON.parse((await send(listBody, session)).text).result;
    const servers = new Set(tools.map(({ name }: { name: string }) => name.split("__")[0]));
    const missing = _meta?.["dev.callgate/unavailable"] ?? [];
    return [[...servers], missing.map(({ server }: { server: string }) => server)];
  };

  test("is missing from the lists of a session, which names it, and is not called in it", async () => {
    await accept("2025-06-18");
    const session = await openIn("2025-11-25");
    expect(await listed(session)).toEqual([["current"], ["behind"]]);
    const { error } = JSON.parse((await send(callBody("behind__get"), session)).text);
    expect(error.message).toContain('The server "behind" agreed to nothing newer');
    expect(behind.received.filter(({ method }) => method !== "initialize")).toEqual([]);
  });

  test("is left to no session that has used it before", async () => {
    const session = await openIn("2025-11-25");
    expect((await send(callBody("behind__get"), session)).text).toContain("done");
    expect(await listed(session)).toEqual([["behind", "current"], []]);
    await accept("2025-06-18");
    const before = behind.received.length;
    const { error } = JSON.parse((await send(callBody("behind__get"), session)).text);
    expect(error.message).toContain('"behind" speaks MCP 2025-03-26 with this agent');
    expect(await listed(session)).toEqual([["current"], ["behind"]]);
    expect(behind.received.length).toBe(before);
    await accept(null);
    expect((await send(callBody("behind__get"), session)).text).toContain("done");
  });
});
