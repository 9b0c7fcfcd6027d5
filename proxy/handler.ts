import type { IncomingMessage, ServerResponse } from "node:http";
import { errorAnswer } from "./answers.ts";
import type { Presented } from "./authenticate.ts";
import { callTool } from "./call-tool.ts";
import { refusedEra } from "./era.ts";
import type { Exchange, ProxyState } from "./exchange.ts";
import { initialize } from "./initialize.ts";
import { type ParsedMessage, readMessage } from "./json/json-rpc.ts";
import { REQUEST_LIMITS } from "./json/parse-json.ts";
import {
  checkContent,
  checkHostAndOrigin,
  checkSingleHeaders,
  type HttpRefusal,
  readBody,
} from "./receive.ts";
import { refuseAccess } from "./refuse.ts";
import { endAgentSession, relayNotice, relayRequest, relayStream } from "./relay.ts";
import { AgentReply } from "./respond.ts";

const mcpPath = /^\/mcp\/([a-z0-9-]{1,64})\/([a-z0-9-]{1,64})\/?$/;

/**
 * The proxy's HTTP side: `/mcp/{org}/{server}` and `/healthz`. Whatever goes wrong inside refuses the
 * request (invariant 3); most likely it is the database, so the agent is told to come back.
 */
export function createHandler(state: ProxyState) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    const reply = new AgentReply(response);
    handle(state, request, reply).catch(async () => {
      if (!reply.streaming) reply.setHeader("retry-after", "5");
      await reply.finish(
        errorAnswer(
          null,
          503,
          reply.forwarded
            ? "Callgate failed after it had sent the call on; the action may or may not have been performed."
            : "Callgate cannot decide or record calls right now, so nothing was forwarded. Retry in 5 seconds.",
        ),
        503,
      );
    });
  };
}

async function handle(
  state: ProxyState,
  request: IncomingMessage,
  reply: AgentReply,
): Promise<void> {
  const receivedAt = state.now();
  const path = (request.url ?? "").split("?", 1)[0] ?? "";
  if (path === "/healthz") return reply.finish(Buffer.from('{"status":"ok"}'));
  const refused = checkSingleHeaders(request) ?? checkHostAndOrigin(request, state.config);
  if (refused) return refuseHttp(reply, refused);
  const match = mcpPath.exec(path);
  if (!match?.[1] || !match[2]) {
    return reply.finish(errorAnswer(null, 404, "Not found. Agents use /mcp/{org}/{server}."), 404);
  }
  const session = request.headers["mcp-session-id"];
  const presented: Presented = {
    authorization: request.headers.authorization,
    orgSlug: match[1],
    serverSlug: match[2],
    sessionId: typeof session === "string" ? session : undefined,
  };
  switch (request.method) {
    case "POST":
      return handlePost(state, request, reply, presented, receivedAt);
    case "GET":
    case "DELETE": {
      const exchange = await open(state, request, reply, presented, 0, receivedAt);
      if (!exchange) return;
      return request.method === "GET" ? relayStream(exchange) : endAgentSession(exchange);
    }
    default:
      return reply.empty(405, { allow: "POST, GET, DELETE" });
  }
}

async function handlePost(
  state: ProxyState,
  request: IncomingMessage,
  reply: AgentReply,
  presented: Presented,
  receivedAt: number,
): Promise<void> {
  const refused = checkContent(request);
  if (refused) return refuseHttp(reply, refused);
  // Nobody unknown makes us read a body.
  const recalled = state.authenticator.recall(presented);
  const first = recalled ? null : await state.authenticator.find(presented);
  if (first && first.kind !== "access") return refuseAccess(reply, first);

  const body = await readBody(request, state.config.maxBodyBytes);
  if (!Buffer.isBuffer(body)) return refuseHttp(reply, body);
  const parsed = readMessage(body, REQUEST_LIMITS);
  if (parsed.kind === "refused") {
    const answer = errorAnswer(parsed.id, parsed.jsonRpcCode, parsed.message);
    return reply.finish(answer, parsed.httpStatus);
  }
  const era = refusedEra(
    header(request, "mcp-protocol-version"),
    parsed.kind === "request" ? parsed.message : null,
  );
  if (era !== null) {
    const id = parsed.kind === "request" ? parsed.message.id : null;
    return reply.finish(errorAnswer(id, -32000, era), 400);
  }

  // Only a tool call may rest on what was seen earlier: its admission checks everything again.
  const isCall = parsed.kind === "request" && parsed.message.method === "tools/call";
  const access =
    first?.access ?? (isCall && recalled ? recalled : await fresh(state, reply, presented));
  if (!access) return;
  const gate = await state.gates.find(access);
  if (!gate) return refuseAccess(reply, { kind: "not_granted" });
  state.touch(access, null);
  const exchange: Exchange = {
    state,
    presented,
    access,
    gate,
    headers: request.headers,
    reply,
    bodyBytes: body.length,
    receivedAt,
  };
  return dispatch(exchange, parsed);
}

function dispatch(exchange: Exchange, parsed: ParsedMessage): Promise<void> {
  if (parsed.kind !== "request") return relayNotice(exchange, parsed.message);
  switch (parsed.message.method) {
    case "initialize":
      return initialize(exchange, parsed.message);
    case "tools/call":
      return callTool(exchange, parsed.message);
    default:
      return relayRequest(exchange, parsed.message);
  }
}

/** An exchange without a body. Undefined: the agent was answered. */
async function open(
  state: ProxyState,
  request: IncomingMessage,
  reply: AgentReply,
  presented: Presented,
  bodyBytes: number,
  receivedAt: number,
): Promise<Exchange | undefined> {
  const access = await fresh(state, reply, presented);
  if (!access) return undefined;
  const gate = await state.gates.find(access);
  if (!gate) {
    await refuseAccess(reply, { kind: "not_granted" });
    return undefined;
  }
  const { headers } = request;
  return { state, presented, access, gate, headers, reply, bodyBytes, receivedAt };
}

async function fresh(state: ProxyState, reply: AgentReply, presented: Presented) {
  const found = await state.authenticator.find(presented);
  if (found.kind === "access") return found.access;
  await refuseAccess(reply, found);
  return undefined;
}

function refuseHttp(reply: AgentReply, refusal: HttpRefusal): Promise<void> {
  const code = refusal.status === 413 || refusal.status === 415 ? -32600 : refusal.status;
  return reply.finish(errorAnswer(null, code, refusal.message), refusal.status);
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === "string" ? value : undefined;
}
