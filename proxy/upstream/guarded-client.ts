import { isIP, type LookupFunction } from "node:net";
import { buildConnector, Pool } from "undici";
import {
  type AddressRefusal,
  type AllowedNetworks,
  blockedAddress,
  checkUrl,
  classifyAddress,
  plainHttp,
  resolveHost,
} from "./address-guard.ts";
import { Exchange, type ExchangeReply, type ExchangeRequest } from "./exchange.ts";
import { transportFailure } from "./transport-failure.ts";
import type { UpstreamFailure } from "./types.ts";

/** HTTP to one URL of one tenant. Never share one between tenants: its sockets are kept open. */
export interface GuardedClient {
  readonly url: URL;
  /** One request, one response; redirects and compressed answers are failures. Never throws. */
  exchange(request: ExchangeRequest): Promise<ExchangeReply>;
  /** Opens a connection (TLS included) and closes it again; null when that worked. */
  probe(): Promise<UpstreamFailure | null>;
  close(): Promise<void>;
}

export interface GuardedClientOptions {
  allowed: AllowedNetworks;
  connectTimeoutMilliseconds: number;
  /** Sockets kept at most; requests beyond wait for one. */
  maxConnections?: number;
}

/** Each request holds a socket until its answer has ended. */
const MAX_CONNECTIONS = 256;

/**
 * An HTTP/1.1 client that can only reach what an upstream may be: the address is checked as a
 * literal (literals never reach `lookup`), after resolution, and once more on the connected
 * socket, so neither spelling tricks nor DNS rebinding lead inside.
 * @throws {AddressRefusal} for a URL that can never be reached
 */
export function createGuardedClient(url: URL, options: GuardedClientOptions): GuardedClient {
  checkUrl(url);
  const connect = guardedConnector(url, options);
  const connections = options.maxConnections ?? MAX_CONNECTIONS;
  const pool = new Pool(url.origin, { connect, connections, pipelining: 1 });
  return {
    url,
    exchange: (request) => Exchange.start(pool, url, request),
    probe: () => probeConnection(connect, url),
    close: () => pool.destroy(),
  };
}

function guardedConnector(url: URL, options: GuardedClientOptions): buildConnector.connector {
  const { allowed } = options;
  const plain = url.protocol === "http:";
  const lookup: LookupFunction = (hostname, lookupOptions, callback) => {
    resolveHost(hostname, allowed, plain).then(
      (addresses) => {
        const [first] = addresses;
        if (lookupOptions.all || first === undefined) callback(null, addresses);
        else callback(null, first.address, first.family);
      },
      (error) => callback(error, ""),
    );
  };
  const base = buildConnector({
    timeout: options.connectTimeoutMilliseconds,
    allowH2: false,
    lookup,
  });
  return (target, callback) => {
    const literal = target.hostname.replace(/^\[|\]$/g, "");
    const refusal = isIP(literal) === 0 ? null : refuseAddress(literal, literal, allowed, plain);
    if (refusal !== null) return callback(refusal, null);
    base(target, (...[error, socket]) => {
      if (error !== null) return callback(error, null);
      const peer = refuseAddress(socket.remoteAddress ?? "", target.hostname, allowed, plain);
      if (peer === null) return callback(null, socket);
      socket.destroy();
      callback(peer, null);
    });
  };
}

function refuseAddress(
  address: string,
  host: string,
  allowed: AllowedNetworks,
  plain: boolean,
): AddressRefusal | null {
  const kind = classifyAddress(address, allowed);
  if (kind === "allowed" || (kind === "public" && !plain)) return null;
  return kind === "blocked" ? blockedAddress(host) : plainHttp();
}

function probeConnection(
  connect: buildConnector.connector,
  url: URL,
): Promise<UpstreamFailure | null> {
  const { protocol, hostname, host, port } = url;
  return new Promise((resolve) => {
    connect({ protocol, hostname, host, port }, (...[error, socket]) => {
      socket?.destroy();
      resolve(error === null ? null : transportFailure(error, false, host));
    });
  });
}
