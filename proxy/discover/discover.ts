import { AppError } from "#lib/errors.ts";
import type { JsonObject, JsonValue } from "#proxy/json/parse-json.ts";
import { type Era, isModern } from "#proxy/receive/era.ts";
import {
  AddressRefusal,
  type AllowedNetworks,
  resolveHost,
} from "#proxy/upstream/address-guard.ts";
import type { Launch } from "#proxy/upstream/child-process.ts";
import { createHttpUpstream, HTTP_UPSTREAM_DEFAULTS } from "#proxy/upstream/http.ts";
import { withoutEcho } from "#proxy/upstream/redact-echo.ts";
import { SSE_DEFAULTS, SseUpstream } from "#proxy/upstream/sse.ts";
import { STDIO_DEFAULTS, StdioUpstream } from "#proxy/upstream/stdio.ts";
import { UpstreamTrouble } from "#proxy/upstream/transport-failure.ts";
import type { Upstream, UpstreamContext, UpstreamFailure } from "#proxy/upstream/types.ts";
import { ask, trouble } from "./discover-ask.ts";
import { Clock } from "./discover-clock.ts";
import { probeModern } from "./discover-modern.ts";
import { listEverywhere } from "./discover-tools.ts";

export type DiscoveryTarget =
  | { kind: "http"; url: string; headers: Readonly<Record<string, string>> }
  /** `prepare` finds or installs the program; it may report what takes long. */
  | {
      kind: "stdio";
      prepare(report: (progress: string) => void): Promise<Launch>;
      /** Credentials in its environment, which it must not hand to agents. */
      secrets?: readonly string[];
    };

/** What a header is called that carries a credential, however short. */
const credentialHeader = /auth|cookie|key|token|secret|pass|credential|session/i;
const longHeader = 16;

/**
 * The credentials that a server is given: none of them is ever shown as something it said. A short header counts
 * by its name: a region or a team in one is a word that answers may well have.
 */
export function secretsOf(target: DiscoveryTarget): readonly string[] {
  if (target.kind === "stdio") return target.secrets ?? [];
  return Object.entries(target.headers)
    .filter(([name, value]) => value.length >= longHeader || credentialHeader.test(name))
    .map(([, value]) => value);
}

export interface DiscoveryStep {
  step: "resolve" | "connect" | "start" | "initialize" | "list_tools";
  state: "running" | "ok" | "failed";
  label: string;
  detail: string;
  /** What to do about a failure. */
  fix: string | null;
}

export interface DiscoveryPorts {
  allowed: AllowedNetworks;
  /** Every change of a step, in order; the same step is reported again when it changes. */
  report(step: DiscoveryStep): void;
  /** For each question to the server. */
  answerMilliseconds: number;
  /** For all of them, once a connector's program runs; a minute unless told. */
  totalMilliseconds?: number;
}

export type Transport = "streamable_http" | "sse" | "stdio";

export type Discovery =
  | {
      kind: "found";
      transport: Transport;
      /** The newest it was found to speak. */
      protocolRevision: string;
      /** All it was found to speak, oldest first. */
      revisions: string[];
      serverInfo: JsonObject;
      capabilities: JsonObject;
      instructions: string | null;
      /** As the server sent them; nothing of it is trusted. */
      tools: JsonValue[];
    }
  | { kind: "failed"; failure: UpstreamFailure };

/** The newest revision that is negotiated with a server; older answers are taken as they come. */
const OFFERED_REVISION = "2025-11-25";
const KNOWN_REVISIONS = new Set(["2024-11-05", "2025-03-26", "2025-06-18", OFFERED_REVISION]);
/** For the question whether a server speaks the newer era as well; a legacy one may not answer. */
const probeMilliseconds = 5_000;

/**
 * Connects to a server as an agent would and reads its tools: resolve, connect (or start),
 * initialize, list_tools. Never throws for anything a server, name or network can do; leaves no
 * connection and no process behind.
 */
export async function connectAndList(
  target: DiscoveryTarget,
  ports: DiscoveryPorts,
): Promise<Discovery> {
  const steps = new Steps(ports.report);
  let upstream: Upstream | null = null;
  let twin: Upstream | null = null;
  let isOlder = false;
  const quiet = (opened: Upstream) => withoutEcho(opened, secretsOf(target));
  const context: UpstreamContext = {
    sessionId: null,
    protocolVersion: null,
    // A program that starts has its own, longer deadline.
    ...(target.kind === "http" && { totalMilliseconds: ports.answerMilliseconds }),
  };
  let clock = new Clock(ports);
  try {
    const opened = await (target.kind === "http"
      ? openHttp(target, ports, steps)
      : start(target, steps));
    upstream = quiet(opened.upstream);
    // What a program needs may have been installed first.
    if (target.kind === "stdio") clock = new Clock(ports);
    steps.begin("initialize", "Initialise the session");
    const asked = performance.now();
    const greeting = await initialize(upstream, context).catch(async (error) => {
      const modern = await greetModern(upstream, clock, error);
      if (modern !== null) return modern;
      const older = target.kind === "http" ? await openSse(target, ports, clock, error) : null;
      if (older === null) throw error;
      await upstream?.close();
      upstream = quiet(older);
      isOlder = true;
      context.totalMilliseconds = clock.left();
      return initialize(upstream, context);
    });
    const transport = transportOf(target, isOlder);
    const over = transport === "sse" ? " over HTTP+SSE" : "";
    const era = eraOf(greeting);
    if (era === "legacy" && transport !== "sse") {
      // A second program takes as long to start as the first.
      const startMilliseconds = opened.another ? performance.now() - asked : 0;
      if (opened.another) twin = quiet(opened.another());
      const milliseconds = Math.min(probeMilliseconds + startMilliseconds, clock.left());
      const modern = await probeModern(twin ?? upstream, milliseconds);
      if (modern !== null) greeting.revisions.push(...modern.revisions);
    }
    steps.done(
      `${serverName(greeting.serverInfo)} speaks MCP ${greeting.revisions.join(" and ")}${over}.`,
    );
    steps.begin("list_tools", "Read the tools");
    const places = { legacy: upstream, modern: twin ?? upstream };
    const tools = await listEverywhere(places, context, greeting, () => clock.left());
    steps.done(tools.length === 1 ? "1 tool." : `${tools.length} tools.`);
    const protocolRevision = greeting.revisions.at(-1) ?? "";
    return { kind: "found", transport, ...greeting, protocolRevision, tools };
  } catch (error) {
    const failure = clock.failureOf(knownFailure(error));
    steps.failed(failure);
    return { kind: "failed", failure };
  } finally {
    if (context.sessionId !== null) await upstream?.endSession(context);
    await Promise.all([upstream?.close(), twin?.close()]);
  }
}

function transportOf(target: DiscoveryTarget, isOlder: boolean): Transport {
  if (target.kind === "stdio") return "stdio";
  return isOlder ? "sse" : "streamable_http";
}

interface Opened {
  upstream: Upstream;
  /**
   * Starts the program once more. It stays in the era that it was first spoken to in, and some end
   * over a question they do not know: each of a program's eras is read from a process of its own.
   */
  another?(): Upstream;
}

async function openHttp(
  target: Extract<DiscoveryTarget, { kind: "http" }>,
  ports: DiscoveryPorts,
  steps: Steps,
): Promise<Opened> {
  steps.begin("resolve", "Look up the address");
  if (!URL.canParse(target.url)) {
    const fix = "Enter the full address, such as https://mcp.example.com/mcp.";
    throw trouble({ code: "dns", message: "This is not a URL.", fix });
  }
  const url = new URL(target.url);
  const upstream = createHttpUpstream(url, {
    ...HTTP_UPSTREAM_DEFAULTS,
    headers: target.headers,
    allowed: ports.allowed,
  });
  const addresses = await resolveHost(url.hostname, ports.allowed, url.protocol === "http:");
  const count = addresses.length === 1 ? "one address" : `${addresses.length} addresses`;
  steps.done(`${url.hostname} has ${count} that may be reached.`);
  steps.begin("connect", "Connect");
  const failure = await upstream.client.probe();
  if (failure !== null) {
    await upstream.close();
    throw new UpstreamTrouble(failure);
  }
  steps.done(url.protocol === "https:" ? "Connected, certificate accepted." : "Connected.");
  return { upstream };
}

/**
 * The older transport, when a server that refused `initialize` in the way its clients are told to
 * look for answers GET with an event stream (MCP 2025-11-25, transports, backwards compatibility).
 */
async function openSse(
  target: Extract<DiscoveryTarget, { kind: "http" }>,
  ports: DiscoveryPorts,
  clock: Clock,
  refusal: unknown,
): Promise<Upstream | null> {
  if (!(refusal instanceof UpstreamTrouble)) return null;
  if (![400, 404, 405].includes(refusal.failure.status ?? 0)) return null;
  const { headers } = target;
  const upstream = new SseUpstream(new URL(target.url), {
    ...SSE_DEFAULTS,
    openMilliseconds: clock.left(),
    headers,
    allowed: ports.allowed,
  });
  const failure = await upstream.started();
  if (failure === null) return upstream;
  await upstream.close();
  // An endpoint that may not be used says more than the refusal before it.
  if (failure.code === "blocked_address") throw new UpstreamTrouble(failure);
  return null;
}

async function start(
  target: Extract<DiscoveryTarget, { kind: "stdio" }>,
  steps: Steps,
): Promise<Opened> {
  steps.begin("start", "Start the program");
  const launch = await target.prepare((progress) => steps.progress(progress));
  const another = () => new StdioUpstream(launch, STDIO_DEFAULTS);
  const upstream = another();
  const failure = await upstream.started();
  if (failure !== null) throw new UpstreamTrouble(failure);
  steps.done("The program runs.");
  return { upstream, another };
}

type Greeting = Omit<
  Extract<Discovery, { kind: "found" }>,
  "kind" | "transport" | "tools" | "protocolRevision"
>;

function eraOf({ revisions }: Greeting): Era {
  return revisions.every(isModern) ? "modern" : "legacy";
}

/** A server that answers, but not to `initialize`, may know no handshake any more. */
async function greetModern(
  upstream: Upstream | null,
  clock: Clock,
  refusal: unknown,
): Promise<Greeting | null> {
  if (upstream === null || !(refusal instanceof UpstreamTrouble)) return null;
  const answers = ["protocol", "http_status", "not_mcp"].includes(refusal.failure.code);
  return answers ? probeModern(upstream, clock.left()) : null;
}

async function initialize(upstream: Upstream, context: UpstreamContext): Promise<Greeting> {
  const params = {
    protocolVersion: OFFERED_REVISION,
    capabilities: {},
    clientInfo: { name: "callgate", version: "1" },
  };
  const { result, sessionId } = await ask(upstream, context, "initialize", params);
  const { protocolVersion, serverInfo, capabilities, instructions } = result;
  if (typeof protocolVersion !== "string" || !KNOWN_REVISIONS.has(protocolVersion)) {
    const message = "The server wants a protocol revision that is not supported.";
    const fix = `Supported are ${[...KNOWN_REVISIONS].join(", ")}.`;
    throw trouble({ code: "protocol", message, fix });
  }
  context.sessionId = sessionId;
  context.protocolVersion = protocolVersion;
  const ready = await upstream.send(
    { jsonrpc: "2.0", method: "notifications/initialized" },
    context,
  );
  if (ready.kind === "error") throw new UpstreamTrouble(ready.failure);
  return {
    revisions: [protocolVersion],
    serverInfo: asObject(serverInfo),
    capabilities: asObject(capabilities),
    instructions: typeof instructions === "string" ? instructions : null,
  };
}

/** Reports the one step that is under way. */
class Steps {
  readonly #report: (step: DiscoveryStep) => void;
  #step: DiscoveryStep["step"] = "resolve";
  #label = "";

  constructor(report: (step: DiscoveryStep) => void) {
    this.#report = report;
  }

  begin(step: DiscoveryStep["step"], label: string): void {
    this.#step = step;
    this.#label = label;
    this.#send("running", "", null);
  }

  progress(detail: string): void {
    this.#send("running", detail, null);
  }

  done(detail: string): void {
    this.#send("ok", detail, null);
  }

  failed(failure: UpstreamFailure): void {
    this.#send("failed", failure.message, failure.fix ?? usualFix(failure));
  }

  #send(state: DiscoveryStep["state"], detail: string, fix: string | null): void {
    this.#report({ step: this.#step, label: this.#label, state, detail, fix });
  }
}

function usualFix({ code }: UpstreamFailure): string | null {
  switch (code) {
    case "timeout":
      return "Check that the address is the server's MCP endpoint, and look into the server's log.";
    case "closed":
    case "http_status":
    case "protocol":
    case "too_large":
      return "Look into the server's log, then try again.";
    case "not_mcp":
      return "Check that the address is the server's MCP endpoint.";
    default:
      return null;
  }
}

function knownFailure(error: unknown): UpstreamFailure {
  if (error instanceof UpstreamTrouble) return error.failure;
  if (error instanceof AddressRefusal) return { ...error.failure, bytesSent: false };
  if (!(error instanceof AppError)) throw error;
  // Stored headers that cannot be sent, or a connector whose program cannot be had.
  return { code: "start_failed", bytesSent: false, message: error.message };
}

function asObject(value: JsonValue | undefined): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}

function serverName(serverInfo: JsonObject): string {
  const { name, version } = serverInfo;
  const known = [name, version].filter((part) => typeof part === "string" && part !== "");
  return (
    known
      .join(" ")
      .replace(/\p{Cc}+/gu, " ")
      .slice(0, 120) || "The server"
  );
}
