import { existsSync, readFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import type { Capacity } from "#proxy/receive/capacity.ts";
import type { Strangers } from "#proxy/receive/strangers.ts";

/**
 * The HTTP server of the proxy, not yet listening. A connection too many is closed before a byte of it is read.
 * @param descriptors how many files and sockets this process may have open
 */
export function createProxyServer(
  handler: RequestListener,
  strangers: Strangers,
  descriptors: number,
): Server {
  const server = createServer(
    {
      keepAliveTimeout: 65_000,
      // A request that trickles in holds a socket; Node looks only this often.
      headersTimeout: 15_000,
      requestTimeout: 30_000,
      connectionsCheckingInterval: 5_000,
    },
    handler,
  );
  // Each may need a connection to its server as well; the other half is for everything else.
  if (Number.isFinite(descriptors)) server.maxConnections = Math.floor(descriptors / 4);
  server.on("connection", (socket) => {
    if (!strangers.admit(socket)) socket.destroy();
  });
  return server;
}

/** How many files and sockets the system lets this process have open; infinite where it does not say. */
export function descriptorLimit(): number {
  const path = "/proc/self/limits";
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  return Number(/^Max open files +(\d+)/m.exec(text)?.[1] ?? Number.POSITIVE_INFINITY);
}

/**
 * Lets running requests end, then closes the server and, after `milliseconds` in all, whatever is
 * still open. Until then it goes on listening: balancers learn from /healthz that it stops, and new
 * requests get an answer that says so.
 */
export async function drainServer(
  server: Server,
  capacity: Capacity,
  milliseconds: number,
): Promise<void> {
  const patience = new AbortController();
  const deadline = wait(milliseconds, undefined, { signal: patience.signal }).catch(() => {});
  await Promise.race([capacity.idle(), deadline]);
  const closed = new Promise((done) => server.close(done));
  // An answer's connection is idle only once the answer has left.
  const sweep = setInterval(() => server.closeIdleConnections(), 50);
  void deadline.then(() => server.closeAllConnections());
  await closed;
  clearInterval(sweep);
  patience.abort();
}
