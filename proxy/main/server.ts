import { createServer, type RequestListener, type Server } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import type { Capacity } from "#proxy/receive/capacity.ts";

/** The HTTP server of the proxy, not yet listening. */
export function createProxyServer(handler: RequestListener): Server {
  return createServer(
    {
      keepAliveTimeout: 65_000,
      // A request that trickles in holds a socket; Node looks only this often.
      headersTimeout: 15_000,
      requestTimeout: 30_000,
      connectionsCheckingInterval: 5_000,
    },
    handler,
  );
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
