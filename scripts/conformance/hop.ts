import { createServer, request as send } from "node:http";
import type { AddressInfo } from "node:net";

export interface Hop {
  url: string;
  close(): Promise<void>;
}

/**
 * A byte-transparent hop in front of a gated server that adds the agent's token, which the
 * conformance suite cannot send. Its own name in Host and Origin becomes the proxy's; foreign ones
 * stay, so that the proxy has to refuse them itself.
 */
export async function startHop(target: string, token: string): Promise<Hop> {
  const { host, hostname, port, pathname } = new URL(target);
  const server = createServer((incoming, outgoing) => {
    const { port: own } = server.address() as AddressInfo;
    const isOwn = (name: string) =>
      [`127.0.0.1:${own}`, `localhost:${own}`, `[::1]:${own}`].includes(name.toLowerCase());
    const headers = { ...incoming.headers, authorization: `Bearer ${token}` };
    if (isOwn(headers.host ?? "")) headers.host = host;
    const origin = headers.origin?.split("//")[1];
    if (origin !== undefined && isOwn(origin)) headers.origin = `http://${host}`;
    const options = { hostname, port, path: pathname, method: incoming.method, headers };
    const onward = send(options, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      outgoing.flushHeaders();
      answer.pipe(outgoing);
    });
    onward.on("error", () => outgoing.destroy());
    outgoing.on("close", () => onward.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  // Listening on TCP makes the address an object, here and above.
  const { port: own } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${own}${pathname}`,
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
