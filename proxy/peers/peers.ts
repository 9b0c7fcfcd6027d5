import {
  Agent,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as plainRequest,
  type ServerResponse,
} from "node:http";
import { Agent as TlsAgent, request as tlsRequest } from "node:https";

/** Marks a request that another proxy handed on; such a request is never handed on again. */
export const relayedHeader = "callgate-relayed";

export type Relayed =
  /** The peer's answer went to the agent, or the agent went away. */
  | "answered"
  /** The peer cannot be reached, and nothing was sent. */
  | "unreachable"
  /** The peer may have acted on the request, but did not answer it. */
  | "lost";

const connectMilliseconds = 5_000;
/** Longer than any call is silent: streams carry comments, JSON answers come within this. */
const silentMilliseconds = 400_000;

/**
 * Sends an agent's HTTP request to the proxy that holds its session, and that proxy's answer back
 * to the agent, both as they come. The peer authenticates and judges the request itself, so being
 * handed on grants nothing.
 *
 * @param address origin of the peer, only ever from the table of proxies
 * @param body the request's, where it has been read already
 */
export function relayToPeer(
  request: IncomingMessage,
  response: ServerResponse,
  address: string,
  ownInstanceId: string,
  body: Buffer | null = null,
): Promise<Relayed> {
  const peer = peerOrigin(address);
  if (peer === null) return Promise.resolve("unreachable");
  const isTls = peer.protocol === "https:";
  return new Promise((resolve) => {
    const outgoing = (isTls ? tlsRequest : plainRequest)(peer, {
      agent: isTls ? tlsAgent : plainAgent,
      method: request.method ?? "GET",
      path: request.url ?? "/",
      headers: {
        ...endToEnd(request.headers),
        host: peer.host,
        [relayedHeader]: ownInstanceId,
      },
      timeout: silentMilliseconds,
    });
    const connection = watchConnection(outgoing, isTls);
    let answered = false;
    outgoing.once("response", (incoming) => {
      const status = incoming.statusCode ?? 502;
      // A proxy never redirects; whatever answers so is none, and its word does not reach agents.
      if (status >= 300 && status < 400) return outgoing.destroy(new Error("not a proxy"));
      answered = true;
      response.writeHead(status, endToEnd(incoming.headers));
      response.flushHeaders();
      incoming.pipe(response);
      incoming.once("error", () => response.destroy());
      incoming.once("end", () => resolve("answered"));
    });
    outgoing.once("timeout", () => outgoing.destroy(new Error("silent")));
    outgoing.on("error", () => {
      connection.stop();
      request.unpipe(outgoing);
      request.resume();
      if (answered) response.destroy();
      resolve(answered ? "answered" : connection.isUp() ? "lost" : "unreachable");
    });
    response.once("close", () => {
      if (!response.writableFinished) outgoing.destroy();
      resolve("answered");
    });
    if (body === null) request.pipe(outgoing);
    else outgoing.end(body);
  });
}

const plainAgent = new Agent({ keepAlive: true });
const tlsAgent = new TlsAgent({ keepAlive: true });

/** Whether bytes can have gone out; gives up a connection that does not come about. */
function watchConnection(outgoing: ClientRequest, isTls: boolean) {
  let up = false;
  const late = setTimeout(() => outgoing.destroy(new Error("no connection")), connectMilliseconds);
  const stop = () => clearTimeout(late);
  const isUp = () => {
    stop();
    up = true;
  };
  outgoing.once("socket", (socket) => {
    if (socket.connecting) socket.once(isTls ? "secureConnect" : "connect", isUp);
    else isUp();
  });
  return { stop, isUp: () => up };
}

/** Null for anything but the origin of an http or https URL. */
function peerOrigin(address: string): URL | null {
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  const isHttp = url.protocol === "http:" || url.protocol === "https:";
  return isHttp && url.username === "" && url.password === "" ? new URL(url.origin) : null;
}

const hopByHop = new Set([
  "connection",
  "expect",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** Headers without those of one connection (RFC 9110 section 7.6.1). */
function endToEnd(headers: IncomingHttpHeaders): Record<string, string | string[]> {
  const named = (headers.connection ?? "").split(",").map((name) => name.trim().toLowerCase());
  const kept: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !hopByHop.has(name) && !named.includes(name)) kept[name] = value;
  }
  return kept;
}
