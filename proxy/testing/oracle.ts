import { afterAll, beforeAll, expect, vi } from "vitest";
import { database } from "#lib/db.ts";
import type { ServerRecord } from "#proxy/ports.ts";
import { parseAllowedNetworks } from "#proxy/upstream/address-guard.ts";
import { createHttpUpstream, HTTP_UPSTREAM_DEFAULTS } from "#proxy/upstream/http.ts";
import { withoutEcho } from "#proxy/upstream/redact-echo.ts";
import { SSE_DEFAULTS, SseUpstream } from "#proxy/upstream/sse.ts";
import type { Upstream } from "#proxy/upstream/types.ts";
import {
  type GatedServer,
  gateServer,
  openSession,
  startProxy,
  type TestProxy,
} from "./harness.ts";
import { type ScriptedServer, startScriptedServer } from "./scripted-server.ts";
import { tollOf } from "./toll.ts";

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
  /** Reasons counted meanwhile for requests that no rule judged, in the order of the alphabet; none when absent. */
  refused?: string[];
  /** The same for requests of nobody known, which only the operator's log tells of. */
  early?: string[];
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
 * What a case may take of the process that holds proxy, server and agent at once. Its input has a
 * few kilobytes: a hundred times as much would be an attack that works (security.md 2.2, part 4).
 */
const budget = { grownBytes: 128 * 1024 * 1024, blockedMilliseconds: 250 };

/** The server that cases are tried at, as the oracle sees it. */
export interface Tried {
  orgId: string;
  token: string;
  /** How many messages it has received. */
  received(): number;
  /** An honest call after the case: throws when it is not served. */
  next(): Promise<void>;
  close(): Promise<void>;
}

/**
 * For files of adversarial cases: one server whose credential is a canary, small limits, and an
 * oracle with five parts: the answer (the caller's), what the server received, what was recorded or
 * counted and that nothing secret is in it, in the answer or in the log, what it took of memory and event
 * loop, and that another tenant's call meanwhile and the agent's next one are served.
 */
export function setUpOracle(): Oracle & { target(): Target } {
  let target: Target;
  const oracle = setUpOracleAt(async (proxy) => {
    const upstream = await startScriptedServer();
    const gated = await gateServer(proxy, upstream, policy);
    target = await enter(gated, upstream);
    return {
      orgId: gated.context.org.id,
      token: target.token,
      received: () => upstream.received.length,
      async next() {
        upstream.scripts.clear();
        expectServed(await target.send(benign("next")), "next");
      },
      close: async () => upstream[Symbol.asyncDispose](),
    };
  });
  return { ...oracle, target: () => target };
}

export interface Oracle {
  proxy(): TestProxy;
  judge<Given extends Answer>(run: () => Promise<Given>, expected: Expectation): Promise<Given>;
}

/** The same at a server of the file's own; it gets the canary as well. */
export function setUpOracleAt(open: (proxy: TestProxy) => Promise<Tried>): Oracle {
  let proxy: TestProxy;
  let tried: Tried;
  let neighbour: Target;
  const logged: string[] = [];
  const early: string[] = [];

  beforeAll(async () => {
    vi.spyOn(process.stderr, "write").mockImplementation((line) => {
      logged.push(String(line));
      return true;
    });
    proxy = await startProxy({
      ports: {
        reportEarlyRefusals: (requests) => early.push(...reasonsOf(Object.entries(requests))),
        openUpstream: async ({ url, transport }) =>
          withoutEcho(connect(new URL(url ?? ""), transport), [canary]),
      },
    });
    tried = await open(proxy);
    const theirs = await startScriptedServer();
    neighbour = await enter(await gateServer(proxy, theirs, policy), theirs);
  });

  afterAll(async () => {
    await proxy.close();
    await tried.close();
    await neighbour.upstream[Symbol.asyncDispose]();
    vi.restoreAllMocks();
  });

  const decisions = async () => {
    const where = { orgId: tried.orgId };
    const calls = await database().call.findMany({ where, orderBy: { id: "asc" } });
    return calls.map(({ decision }) => decision);
  };

  const refusals = async () => {
    await proxy.report();
    const where = { orgId: tried.orgId };
    const counts = await database().refusedRequest.findMany({ where });
    const reasons = reasonsOf(counts.map(({ reason, requests }) => [reason, requests]));
    return { reasons, messages: counts.map(({ message }) => message) };
  };

  return {
    proxy: () => proxy,
    async judge(run, expected) {
      const before = await refusals();
      logged.length = 0;
      early.length = 0;
      const receivedBefore = tried.received();
      const recordedBefore = (await decisions()).length;
      const meanwhile = neighbour.send(benign("meanwhile"));
      const { value: answer, toll } = await tollOf(run);
      expect(toll.grownBytes).toBeLessThan(budget.grownBytes);
      expect(toll.blockedMilliseconds).toBeLessThan(budget.blockedMilliseconds);
      expectServed(await meanwhile, "meanwhile");
      expect(tried.received() - receivedBefore).toBe(expected.received);
      expect((await decisions()).slice(recordedBefore)).toEqual(expected.recorded);
      const { reasons, messages } = await refusals();
      expect(without(reasons, before.reasons)).toEqual(expected.refused ?? []);
      expect(early).toEqual(expected.early ?? []);
      await tried.next();

      const shown = [
        answer.text,
        JSON.stringify([...answer.headers]),
        ...logged,
        ...messages,
      ].join();
      expect(shown).not.toMatch(secrets);
      expect(shown).not.toContain(tried.token);
      expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
      const foreign = [...answer.headers.keys()].filter((name) => !ownHeaders.has(name));
      expect(foreign).toEqual([]);
      return answer;
    },
  };
}

/** The real, guarded client with small limits. */
function connect(url: URL, transport: ServerRecord["transport"]): Upstream {
  const reached = {
    headers: { "x-api-key": canary },
    allowed: parseAllowedNetworks(["127.0.0.0/8"]),
    totalMilliseconds: 700,
  };
  if (transport === "sse") return new SseUpstream(url, { ...SSE_DEFAULTS, ...reached });
  return createHttpUpstream(url, {
    ...HTTP_UPSTREAM_DEFAULTS,
    ...reached,
    idleMilliseconds: 500,
    maxAnswerBytes: 20_000,
  });
}

async function enter({ url, agent }: GatedServer, upstream: ScriptedServer): Promise<Target> {
  return { upstream, url, token: agent.token, send: await openSession(url, agent.token) };
}

/** Each reason as often as it was counted. */
function reasonsOf(counts: readonly (readonly [reason: string, requests: number])[]): string[] {
  return counts.flatMap(([reason, requests]) => Array<string>(requests).fill(reason)).sort();
}

function without(all: readonly string[], some: readonly string[]): string[] {
  const left = [...all];
  for (const one of some) left.splice(left.indexOf(one), 1);
  return left;
}

const benign = (id: string) =>
  `{"jsonrpc":"2.0","id":"${id}","method":"tools/call","params":{"name":"get"}}`;

function expectServed({ text }: Answer, id: string): void {
  expect(JSON.parse(text)).toMatchObject({ id, result: { content: [{ text: "done" }] } });
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
