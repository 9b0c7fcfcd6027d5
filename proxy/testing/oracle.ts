import { afterAll, beforeAll, expect, vi } from "vitest";
import { database } from "#lib/db.ts";
import { parseAllowedNetworks } from "#proxy/upstream/address-guard.ts";
import { createHttpUpstream, HTTP_UPSTREAM_DEFAULTS } from "#proxy/upstream/http.ts";
import { withoutEcho } from "#proxy/upstream/redact-echo.ts";
import { gateServer, openSession, startProxy, type TestProxy } from "./harness.ts";
import { type ScriptedServer, startScriptedServer } from "./scripted-server.ts";

/** The credential of the server under test; it may appear nowhere. */
export const canary = "canary-c71f0b9d-credential";

export interface Target {
  upstream: ScriptedServer;
  url: string;
  token: string;
  send: Awaited<ReturnType<typeof openSession>>;
}

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
}

/** What has to hold besides the answer itself. */
export interface Expectation {
  /** JSON-RPC messages that the server received meanwhile. */
  received: number;
  /** Decisions recorded meanwhile, in order. */
  recorded: string[];
}

const policy = {
  version: 1,
  default: "deny",
  tools: {
    get: { action: "allow" },
    delete_all: { action: "deny", reason: "Never." },
    secret_tool: { action: "hide" },
  },
};

/** Headers that an answer to an agent may have. */
const ownHeaders = new Set([
  "access-control-expose-headers",
  "allow",
  "cache-control",
  "connection",
  "content-length",
  "content-type",
  "date",
  "keep-alive",
  "mcp-session-id",
  "transfer-encoding",
  "vary",
  "x-accel-buffering",
  "x-content-type-options",
]);

/**
 * For files of adversarial cases: one server whose credential is a canary, small limits, and an
 * oracle with five parts: the answer (the caller's), what the server received, what was recorded,
 * that the next request is served, and that nothing secret is in the answer or the log.
 */
export function setUpOracle(): {
  target(): Target;
  judge(run: () => Promise<Answer>, expected: Expectation): Promise<Answer>;
} {
  let proxy: TestProxy;
  let target: Target;
  let orgId: string;
  const logged: string[] = [];

  beforeAll(async () => {
    vi.spyOn(process.stderr, "write").mockImplementation((line) => {
      logged.push(String(line));
      return true;
    });
    const upstream = await startScriptedServer();
    proxy = await startProxy({
      ports: {
        openUpstream: async ({ url }) => {
          const headers = { "x-api-key": canary };
          const connection = createHttpUpstream(new URL(url ?? ""), {
            ...HTTP_UPSTREAM_DEFAULTS,
            headers,
            allowed: parseAllowedNetworks(["127.0.0.0/8"]),
            totalMilliseconds: 700,
            idleMilliseconds: 500,
            maxAnswerBytes: 20_000,
          });
          return withoutEcho(connection, Object.values(headers));
        },
      },
    });
    const gated = await gateServer(proxy, upstream, policy);
    orgId = gated.context.org.id;
    const { token } = gated.agent;
    target = { upstream, url: gated.url, token, send: await openSession(gated.url, token) };
  });

  afterAll(async () => {
    await proxy.close();
    await target.upstream[Symbol.asyncDispose]();
    vi.restoreAllMocks();
  });

  const decisions = async () => {
    const calls = await database().call.findMany({ where: { orgId }, orderBy: { id: "asc" } });
    return calls.map(({ decision }) => decision);
  };

  return {
    target: () => target,
    async judge(run, expected) {
      const { upstream, send, token } = target;
      logged.length = 0;
      const receivedBefore = upstream.received.length;
      const recordedBefore = (await decisions()).length;
      const answer = await run();
      expect(upstream.received.length - receivedBefore).toBe(expected.received);
      expect((await decisions()).slice(recordedBefore)).toEqual(expected.recorded);

      upstream.scripts.clear();
      const next = await send(
        '{"jsonrpc":"2.0","id":"next","method":"tools/call","params":{"name":"get"}}',
      );
      expect(JSON.parse(next.text)).toMatchObject({
        id: "next",
        result: { content: [{ text: "done" }] },
      });

      const shown = answer.text + JSON.stringify([...answer.headers]) + logged.join("");
      expect(shown).not.toMatch(secrets);
      expect(shown).not.toContain(token);
      const foreign = [...answer.headers.keys()].filter((name) => !ownHeaders.has(name));
      expect(foreign).toEqual([]);
      return answer;
    },
  };
}

/** The canary in any spelling, and what stack traces and other people's pages show. */
const secrets = new RegExp(
  [
    canary,
    Buffer.from(canary).toString("base64").replace(/=+$/, ""),
    encodeURIComponent(canary),
    "/srv/app",
    "<script",
    "isAdmin",
    "theirs-\\d",
  ].join("|"),
);
