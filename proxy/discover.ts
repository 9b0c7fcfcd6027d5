import { AppError } from "#lib/errors.ts";
import type { JsonRpcRequest, JsonRpcResult, RequestId } from "#proxy/json/json-rpc.ts";
import type { JsonObject, JsonValue } from "#proxy/json/parse-json.ts";
import {
  AddressRefusal,
  type AllowedNetworks,
  resolveHost,
} from "#proxy/upstream/address-guard.ts";
import { awaitAnswer } from "#proxy/upstream/await-answer.ts";
import type { Launch } from "#proxy/upstream/child-process.ts";
import { createHttpUpstream, HTTP_UPSTREAM_DEFAULTS } from "#proxy/upstream/http.ts";
import { STDIO_DEFAULTS, StdioUpstream } from "#proxy/upstream/stdio.ts";
import { UpstreamTrouble } from "#proxy/upstream/transport-failure.ts";
import type { Upstream, UpstreamContext, UpstreamFailure } from "#proxy/upstream/types.ts";

export type DiscoveryTarget =
  | { kind: "http"; url: string; headers: Readonly<Record<string, string>> }
  /** `prepare` finds or installs the program; it may report what takes long. */
  | { kind: "stdio"; prepare(report: (progress: string) => void): Promise<Launch> };

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
}

export type Discovery =
  | {
      kind: "found";
      protocolRevision: string;
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
const MAX_PAGES = 100;
const MAX_TOOLS = 5_000;

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
  const context: UpstreamContext = {
    sessionId: null,
    protocolVersion: null,
    // A launcher such as uvx may download first: a program has its own, longer start deadline.
    ...(target.kind === "http" && { totalMilliseconds: ports.answerMilliseconds }),
  };
  try {
    upstream = await (target.kind === "http"
      ? openHttp(target, ports, steps)
      : start(target, steps));
    steps.begin("initialize", "Initialise the session");
    const greeting = await initialize(upstream, context);
    context.totalMilliseconds = ports.answerMilliseconds;
    steps.done(`${serverName(greeting.serverInfo)} speaks MCP ${greeting.protocolRevision}.`);
    steps.begin("list_tools", "Read the tools");
    const tools = await listTools(upstream, context, greeting.capabilities);
    steps.done(tools.length === 1 ? "1 tool." : `${tools.length} tools.`);
    return { kind: "found", ...greeting, tools };
  } catch (error) {
    const failure = knownFailure(error);
    steps.failed(failure);
    return { kind: "failed", failure };
  } finally {
    if (context.sessionId !== null) await upstream?.endSession(context);
    await upstream?.close();
  }
}

async function openHttp(
  target: Extract<DiscoveryTarget, { kind: "http" }>,
  ports: DiscoveryPorts,
  steps: Steps,
): Promise<Upstream> {
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
  return upstream;
}

async function start(
  target: Extract<DiscoveryTarget, { kind: "stdio" }>,
  steps: Steps,
): Promise<Upstream> {
  steps.begin("start", "Start the program");
  const launch = await target.prepare((progress) => steps.progress(progress));
  const upstream = new StdioUpstream(launch, STDIO_DEFAULTS);
  const failure = await upstream.started();
  if (failure !== null) throw new UpstreamTrouble(failure);
  steps.done("The program runs.");
  return upstream;
}

type Greeting = Omit<Extract<Discovery, { kind: "found" }>, "kind" | "tools">;

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
    protocolRevision: protocolVersion,
    serverInfo: asObject(serverInfo),
    capabilities: asObject(capabilities),
    instructions: typeof instructions === "string" ? instructions : null,
  };
}

async function listTools(
  upstream: Upstream,
  context: UpstreamContext,
  capabilities: JsonObject,
): Promise<JsonValue[]> {
  const tools: JsonValue[] = [];
  if (capabilities.tools === undefined) return tools;
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const params = cursor === undefined ? {} : { cursor };
    const { result } = await ask(upstream, context, "tools/list", params);
    if (!Array.isArray(result.tools)) {
      throw trouble({
        code: "protocol",
        message: "The answer to tools/list holds no list of tools.",
      });
    }
    tools.push(...result.tools);
    if (tools.length > MAX_TOOLS) {
      throw trouble({
        code: "too_large",
        message: `The server lists more than ${MAX_TOOLS} tools.`,
      });
    }
    if (typeof result.nextCursor !== "string") return tools;
    cursor = result.nextCursor;
  }
  const message = `The list of tools did not end after ${MAX_PAGES} pages.`;
  throw trouble({ code: "too_large", message });
}

let lastId = 0;

async function ask(
  upstream: Upstream,
  context: UpstreamContext,
  method: string,
  params: JsonObject,
): Promise<{ result: JsonObject; sessionId: string | null }> {
  const id: RequestId = ++lastId;
  const request: JsonRpcRequest = { jsonrpc: "2.0", id, method, params };
  const answer = await awaitAnswer(await upstream.send(request, context));
  if (answer.kind === "error") throw new UpstreamTrouble(answer.failure);
  if (isResult(answer.message))
    return { result: answer.message.result, sessionId: answer.sessionId };
  const said = answer.message.error.message.replace(/\p{Cc}+/gu, " ").slice(0, 300);
  const message = `The server refused ${method}: ${JSON.stringify(said)}`;
  throw trouble({ code: "protocol", message });
}

function isResult(message: object): message is JsonRpcResult {
  return "result" in message;
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

function trouble(failure: Omit<UpstreamFailure, "bytesSent">): UpstreamTrouble {
  return new UpstreamTrouble({ ...failure, bytesSent: true });
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
