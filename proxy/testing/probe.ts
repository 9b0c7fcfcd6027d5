import { afterAll, beforeAll, beforeEach, expect } from "vitest";
import {
  type GatedServer,
  gateServer,
  openSession,
  startProxy,
  type TestProxy,
} from "./harness.ts";
import { startUpstream, type TestUpstream } from "./upstream.ts";

export interface Probe {
  upstream: TestUpstream;
  proxy: TestProxy;
  server: GatedServer;
  /** Sends one body in an open session. */
  send: Awaited<ReturnType<typeof openSession>>;
}

const probe: Partial<Probe> = {};
let forwardedBefore = 0;

/** For a file of refusals: one server that allows everything, one agent, one session. */
export function setUpProbe(): () => Probe {
  beforeAll(async () => {
    probe.upstream = await startUpstream({ json: true });
    probe.proxy = await startProxy();
    const policy = { version: 1, default: "allow" };
    probe.server = await gateServer(probe.proxy, probe.upstream, policy);
    probe.send = await openSession(probe.server.url, probe.server.agent.token);
  });
  beforeEach(() => {
    forwardedBefore = probe.upstream?.ledger.length ?? 0;
  });
  afterAll(async () => {
    await probe.proxy?.close();
    await probe.upstream?.close();
  });
  // Complete once the hook above has run, which is before any test.
  return () => probe as Probe;
}

export interface RpcError {
  code: number;
  message: unknown;
}

/** Exactly this status and JSON-RPC error, and the server heard nothing. */
export function expectRefusal(
  answer: { status: number; text: string },
  status: number,
  error: RpcError,
  id: unknown = null,
): void {
  expect([answer.status, JSON.parse(answer.text)]).toEqual([status, { jsonrpc: "2.0", id, error }]);
  expectNothingForwarded();
}

/** Since the test began. */
export function expectNothingForwarded(): void {
  expect(probe.upstream?.ledger.length).toBe(forwardedBefore);
}
