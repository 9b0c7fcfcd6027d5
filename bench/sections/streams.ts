import { connect, type Socket } from "node:net";
import { residentMiB, type Target } from "../load.ts";
import { policyOf } from "../world.ts";
import type { Section } from "./section.ts";

const amount = 1_000;
/** Below what one agent may keep open. */
const streamsPerAgent = 100;

/** What the proxy's memory is, and what a thousand open event streams add to it. */
export const streams: Section = async (world, _, say) => {
  const idle = residentMiB(world.proxy.pid);
  const sockets: Socket[] = [];
  for (let opened = 0; opened < amount; opened += streamsPerAgent) {
    const target = await world.gated("", policyOf({ action: "allow" }));
    sockets.push(
      ...(await Promise.all(Array.from({ length: streamsPerAgent }, () => openStream(target)))),
    );
    say(`${sockets.length} streams`);
  }
  const full = residentMiB(world.proxy.pid);
  for (const socket of sockets) socket.destroy();
  return {
    title: "Memory",
    calls: [],
    figures: [
      { name: "proxy, idle", value: idle, unit: "MiB", target: 120 },
      { name: "proxy, 1,000 open streams", value: full, unit: "MiB", target: 250 },
    ],
  };
};

/** Resolves when the proxy has answered that the stream is open. */
function openStream({ url, headers }: Target): Promise<Socket> {
  const lines = Object.entries({ host: url.host, accept: "text/event-stream", ...headers });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const socket = connect({ host: url.hostname, port: Number(url.port) });
  socket.write(`GET ${url.pathname} HTTP/1.1\r\n${head}\r\n`);
  return new Promise((done, fail) => {
    socket.once("error", fail);
    socket.once("data", (chunk) => {
      if (chunk.toString("latin1", 9, 12) === "200") done(socket);
      else fail(new Error(`the stream was refused: ${chunk.toString("utf8", 0, 300)}`));
    });
  });
}
