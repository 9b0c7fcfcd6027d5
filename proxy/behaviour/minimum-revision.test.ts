// An org sets the oldest MCP revision its agents may speak: what is older is told so, and nothing of it goes on.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { listRefusedRequests } from "#lib/agents/refused.ts";
import { decideApproval, listApprovals } from "#lib/approvals/approvals.ts";
import { database } from "#lib/db.ts";
import { setMinimumRevision } from "#lib/orgs/settings.ts";
import type { Revision } from "#lib/policy/revisions.ts";
import { logStatements } from "#lib/testing/statements.ts";
import { openEvents } from "#proxy/testing/event-reader.ts";
import { startDualEra } from "#proxy/testing/fixtures/dual-era.ts";
import { gateFixture } from "#proxy/testing/gate-fixture.ts";
import {
  callBody,
  type GatedServer,
  gateServer,
  initializeBody,
  listBody,
  post,
  startProxy,
  type TestProxy,
} from "#proxy/testing/harness.ts";
import { askModern } from "#proxy/testing/modern.ts";
import {
  events,
  type ScriptedServer,
  startScriptedServer,
} from "#proxy/testing/scripted-server.ts";

const allow = { version: 1, default: "allow" };
const older = ["2024-11-05", "2025-03-26"] as const;
const newer = ["2025-06-18", "2025-11-25"] as const;

let proxies: [TestProxy, TestProxy];
let upstream: ScriptedServer;
let gated: GatedServer;

beforeAll(async () => {
  proxies = [await startProxy({ approvalHoldMs: 20_000 }), await startProxy()];
});

beforeEach(async () => {
  upstream = await startScriptedServer();
  agreeing(upstream);
  gated = await gateServer(proxies[0], upstream, allow);
  return () => upstream[Symbol.asyncDispose]();
});

afterAll(async () => {
  for (const proxy of proxies) await proxy.close();
});

/** The server agrees to what it is asked for, or only to one revision. */
function agreeing(server: ScriptedServer, only?: string): void {
  server.scripts.set("initialize", ({ params }) => ({
    result: {
      protocolVersion: only ?? (params as { protocolVersion: string }).protocolVersion,
      capabilities: { tools: {} },
      serverInfo: { name: "scripted", version: "1" },
    },
  }));
}

const accept = (minimumRevision: Revision | null, { context } = gated) =>
  setMinimumRevision(context, { minimumRevision });

function greeting(protocolVersion: unknown): string {
  const { params, ...request } = JSON.parse(initializeBody);
  return JSON.stringify({ ...request, params: { ...params, protocolVersion } });
}

const send = (body: string, headers: Record<string, string> = {}, { origin } = proxies[0]) =>
  post(origin + new URL(gated.url).pathname, gated.agent.token, body, headers);

async function openIn(revision: string): Promise<Record<string, string>> {
  const { headers } = await send(greeting(revision));
  return { "mcp-session-id": headers.get("mcp-session-id") ?? "" };
}

const supported = (minimum: string) =>
  ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"].filter(
    (revision) => revision >= minimum,
  );

/** The exact refusal of what comes after `initialize`. */
const tooOld = (requested: string, id: number | null = 1, minimum = "2025-06-18") => ({
  status: 400,
  body: {
    jsonrpc: "2.0",
    id,
    error: {
      code: -32000,
      message:
        `Unsupported protocol version: ${requested}. This org accepts MCP ${minimum} or newer. ` +
        "Nothing was forwarded. Update the agent's MCP client and start a new session; a request " +
        "without session and MCP-Protocol-Version counts as 2025-03-26.",
      data: { supported: supported(minimum), requested },
    },
  },
});

const read = async (answering: ReturnType<typeof send>) => {
  const { status, text } = await answering;
  return { status, body: JSON.parse(text) };
};

/** What the server got and what sessions and calls there are: nothing more after a refusal. */
async function traces() {
  const where = { orgId: gated.context.org.id };
  const sessions = await database().session.count({ where });
  return [upstream.received.length, sessions, await database().call.count({ where })];
}

describe("initialize", () => {
  test.each([...older, "2024-10-07", "latest", undefined, 20_250_618])(
    "that asks for %j opens no session and reaches no server",
    async (asked) => {
      await accept("2025-06-18");
      const before = await traces();
      const { status, headers, text } = await send(greeting(asked));
      const requested = typeof asked === "string" ? asked : "";
      expect([status, headers.get("mcp-session-id")]).toEqual([200, null]);
      expect(JSON.parse(text)).toEqual({
        jsonrpc: "2.0",
        id: 0,
        error: {
          code: -32602,
          message:
            `Unsupported protocol version: ${requested || "none"}. This org accepts MCP 2025-06-18 or ` +
            "newer. No session was opened. Update the agent's MCP client, or ask an administrator of " +
            "the org to lower the minimum.",
          data: { supported: supported("2025-06-18"), requested },
        },
      });
      expect(await traces()).toEqual(before);
    },
  );

  test.each([
    ["2025-06-18" as const, newer],
    [null, [...older, ...newer]],
  ])("is served where %s is the oldest, as are the calls after it", async (minimum, asked) => {
    await accept(minimum);
    for (const revision of asked) {
      const session = await openIn(revision);
      expect((await send(callBody("get"), session)).text).toContain("done");
    }
  });

  const agreements: [string, boolean, (server: ScriptedServer) => void][] = [
    ["in JSON", true, (server) => agreeing(server, "2025-03-26")],
    ["in nothing at all", true, (server) => agreeing(server, "")],
    [
      "on a stream that stays open",
      true,
      (server) => {
        agreeing(server, "2025-03-26");
        const agree = server.scripts.get("initialize");
        server.scripts.set("initialize", (message, response) => {
          const answer = { jsonrpc: "2.0", id: message.id, ...agree?.(message, response) };
          const end = response.end.bind(response);
          Object.assign(response, { end: () => response });
          events(response, [answer]);
          response.on("close", () => end());
          return undefined;
        });
      },
    ],
    ["without sessions", false, (server) => agreeing(server, "2025-03-26")],
  ];
  test.each(agreements)(
    "whose server agrees only to an older revision, %s, opens none and is ended there",
    async (_, sessions, script) => {
      await using server = await startScriptedServer(sessions);
      script(server);
      gated = await gateServer(proxies[0], server, allow);
      await accept("2025-06-18");
      const { headers, text } = await send(greeting("2025-11-25"));
      expect(headers.get("mcp-session-id")).toBeNull();
      const { error } = JSON.parse(text);
      expect(error.code).toBe(-32602);
      expect(error.message).toContain(`The server "${gated.server.slug}" agreed to nothing newer`);
      expect(error.data.supported).toEqual(supported("2025-06-18"));
      const ended = () => server.seen.filter(({ method }) => method === "DELETE").length;
      await expect.poll(ended).toBe(sessions ? 1 : 0);
      expect(server.received.map(({ method }) => method)).toEqual(["initialize"]);
      expect(await database().session.count({ where: { orgId: gated.context.org.id } })).toBe(0);
    },
  );
});

describe("a session that is older than what the org accepts by now", () => {
  const notice = '{"jsonrpc":"2.0","method":"notifications/roots/list_changed"}';
  const messages: [string, string, number | null][] = [
    ["a call", callBody("get"), 1],
    ["a list", listBody, 1],
    ["a notification", notice, null],
    ["an answer", '{"jsonrpc":"2.0","id":7,"result":{}}', null],
  ];

  test("is refused with its next message on every proxy, and served as soon as it may be again (ADV-048)", async () => {
    const session = await openIn("2025-03-26");
    for (const proxy of proxies) {
      expect((await send(callBody("get"), session, proxy)).text).toContain("done");
    }
    await accept("2025-06-18");
    const before = await traces();
    for (const proxy of proxies) {
      for (const [, body, id] of messages) {
        expect(await read(send(body, session, proxy))).toEqual(tooOld("2025-03-26", id));
      }
    }
    expect(await traces()).toEqual(before);
    await accept("2025-03-26");
    for (const proxy of proxies) {
      expect((await send(callBody("get"), session, proxy)).text).toContain("done");
    }
  });

  test("reads no stream, an open one included, and may be ended", async () => {
    const session = await openIn("2025-03-26");
    const { token } = gated.agent;
    const id = session["mcp-session-id"] ?? "";
    const open = await openEvents(gated.url, token, id);
    await upstream.push({ jsonrpc: "2.0", method: "notifications/tools/list_changed" });
    expect(await open.message()).toMatchObject({ method: "notifications/tools/list_changed" });
    await accept("2025-06-18");
    await upstream.push({ jsonrpc: "2.0", id: "q", method: "ping" });
    expect(await open.next()).toBeNull();
    const next = await openEvents(gated.url, token, id);
    expect(next.status).toBe(400);
    const headers = { authorization: `Bearer ${token}`, ...session };
    const ended = await fetch(gated.url, { method: "DELETE", headers });
    expect(ended.status).toBe(200);
  });

  test("runs no call that waited for a person meanwhile", async () => {
    const document = { ...allow, tools: { get: { action: "require_approval" } } };
    gated = await gateServer(proxies[0], upstream, document);
    const session = await openIn("2025-03-26");
    const calling = read(send(callBody("get"), session));
    const waiting = () => listApprovals(gated.context, {});
    await expect.poll(async () => (await waiting()).length).toBe(1);
    await accept("2025-06-18");
    const [approval] = await waiting();
    await decideApproval(gated.context, { id: approval?.id ?? "", decision: "approve" });
    expect(await calling).toEqual(tooOld("2025-03-26"));
    expect(upstream.received.filter(({ method }) => method === "tools/call")).toEqual([]);
  });
});

describe("the header MCP-Protocol-Version", () => {
  test.each(older)("that names %s is refused in a session that is new enough", async (header) => {
    const session = await openIn("2025-11-25");
    const headers = { ...session, "mcp-protocol-version": header };
    for (const proxy of proxies) await send(callBody("get"), headers, proxy);
    await accept("2025-06-18");
    const before = await traces();
    for (const proxy of proxies) {
      expect(await read(send(callBody("get"), headers, proxy))).toEqual(tooOld(header));
    }
    expect(await traces()).toEqual(before);
    expect((await send(callBody("get"), session)).text).toContain("done");
  });

  test("stands for the session where there is none, and for 2025-03-26 where it is missing too", async () => {
    await using server = await startScriptedServer(false);
    gated = await gateServer(proxies[0], server, allow);
    await accept("2025-06-18");
    expect(await read(send(callBody("get")))).toEqual(tooOld("2025-03-26"));
    expect(server.received).toEqual([]);
    const named = { "mcp-protocol-version": "2025-06-18" };
    expect((await send(callBody("get"), named)).text).toContain("done");
    await accept("2025-03-26");
    expect((await send(callBody("get"))).text).toContain("done");
  });
});

describe("2026-07-28", () => {
  test("as the oldest shuts out the whole era before it", async () => {
    const session = await openIn("2025-11-25");
    await accept("2026-07-28");
    const before = await traces();
    for (const asked of ["2025-11-25", "2026-07-28", "2031-01-01"]) {
      const { body } = await read(send(greeting(asked)));
      expect(body.error.code).toBe(-32602);
      expect(body.error.message).toContain("2026-07-28 or newer, which has no sessions");
      expect(body.error.data).toEqual({ supported: ["2026-07-28"], requested: asked });
    }
    const { status, body } = await read(send(callBody("get"), session));
    expect([status, body.error.code]).toEqual([400, -32000]);
    expect(await traces()).toEqual(before);
  });

  test("is never too old, whatever its server speaks", async () => {
    agreeing(upstream, "2024-11-05");
    await accept("2026-07-28");
    const { status, text } = await askModern(gated, "tools/call", { name: "get" });
    expect([status, text]).toEqual([200, expect.stringContaining("done")]);
  });

  test("offers to go back to no revision that the org refuses", async () => {
    const dual = await startDualEra();
    try {
      gated = await gateFixture(proxies[0], dual, allow);
      const offered = async () =>
        (await askModern(gated, "server/discover")).body.result?.supportedVersions;
      const all = await offered();
      expect(all).toContain("2026-07-28");
      await accept("2025-11-25");
      const kept = (all as string[]).filter((revision) => revision >= "2025-11-25");
      expect(await offered()).toEqual(kept);
    } finally {
      await dual.close();
    }
  });
});

test("what is refused for its revision is counted on its agent's page", async () => {
  const session = await openIn("2025-03-26");
  await accept("2025-06-18");
  await send(greeting("2025-03-26"));
  await send(callBody("get"), session);
  agreeing(upstream, "2025-03-26");
  await send(greeting("2025-11-25"));
  const refused = () => listRefusedRequests(gated.context, { agent: gated.agent.name });
  await expect
    .poll(refused, { timeout: 5_000 })
    .toMatchObject([{ reason: "revision", server: gated.server.slug, requests: 3 }]);
});

test("a call asks the database once, for its admission, with a minimum and without", async () => {
  const proxy = await startProxy();
  const asked = logStatements(proxy.pool);
  try {
    for (const minimum of [null, "2025-06-18"] as const) {
      await accept(minimum);
      const session = await openIn("2025-06-18");
      for (let count = 0; count < 2; count += 1) await send(callBody("get"), session, proxy);
      asked.length = 0;
      for (let count = 0; count < 3; count += 1) await send(callBody("get"), session, proxy);
      expect(asked.filter((name) => name !== "settle_calls")).toEqual(
        Array(3).fill("record_proved_call"),
      );
    }
  } finally {
    await proxy.close();
  }
});
