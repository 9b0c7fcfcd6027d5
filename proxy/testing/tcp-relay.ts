import type { AddressInfo } from "node:net";
import { connect, createServer, type Server, type Socket } from "node:net";

export interface TcpRelay {
  /** The relayed connection string. */
  url: string;
  /** Cuts every connection and refuses new ones, as a database that was stopped. */
  stop(): void;
  /** Keeps connections open and carries nothing, as a network that swallows packets. */
  stall(): void;
  /** Carries everything again; stalled bytes are lost with their connections. */
  resume(): void;
  close(): Promise<void>;
}

/** Stands between a client and a server named by a URL, so that a test can take the server away. */
export async function startRelay(target: string): Promise<TcpRelay> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let mode: "open" | "stopped" | "stalled" = "open";
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  const server: Server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on("data", (chunk) => {
        if (mode === "open") to.write(chunk);
      });
      from.on("error", () => {});
      from.on("close", () => {
        sockets.delete(from);
        to.destroy();
      });
    }
    if (mode === "stopped") client.destroy();
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const url = new URL(target);
  // Listening on TCP makes the address an object.
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.toString(),
    stop() {
      mode = "stopped";
      cut();
    },
    stall() {
      mode = "stalled";
    },
    resume() {
      if (mode === "stalled") cut();
      mode = "open";
    },
    async close() {
      cut();
      await new Promise((done) => server.close(done));
    },
  };
}
