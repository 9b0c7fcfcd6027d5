import { get } from "node:http";
import { connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Fleet, startFleet } from "#scripts/campaign/fleet.ts";

let fleet: Fleet;

beforeAll(async () => {
  const limits = { PROXY_MAX_STRANGERS_PER_ADDRESS: "250" };
  fleet = await startFleet(process.env.DATABASE_URL ?? "", 1, limits);
});

afterAll(() => fleet.close());

/** Sends headers a byte at a time, until the proxy has had enough. */
function trickle(origin: URL): Promise<void> {
  return new Promise((done) => {
    const socket = connect(Number(origin.port), origin.hostname);
    socket.write("POST /mcp/org/server HTTP/1.1\r\nHost: ");
    const drip = setInterval(() => socket.write("x"), 1_000);
    socket.on("error", () => {});
    socket.on("close", () => {
      clearInterval(drip);
      done();
    });
    socket.resume();
  });
}

test("one address has so many connections without a known agent; another notices nothing (ADV-036)", async () => {
  const origin = new URL(fleet.origins[0] ?? "");
  const sockets = Array.from({ length: 300 }, () => {
    const socket = connect({ port: Number(origin.port), host: origin.hostname });
    socket.on("error", () => {}).resume();
    return socket;
  });
  const open = () => sockets.filter(({ destroyed }) => !destroyed).length;
  await expect.poll(open).toBe(250);
  expect(await statusFrom("127.0.0.2", origin)).toBe(200);
  await expect(statusFrom("127.0.0.1", origin)).rejects.toThrow();
  for (const socket of sockets) socket.destroy();
  await expect.poll(() => statusFrom("127.0.0.1", origin).catch(() => 0)).toBe(200);
});

test("clients that send headers a byte at a time are cut off, and others do not notice (ADV-036)", async () => {
  const origin = new URL(fleet.origins[0] ?? "");
  let cutOff = 0;
  const slow = Promise.all(
    Array.from({ length: 200 }, () => trickle(origin).finally(() => (cutOff += 1))),
  );
  for (let request = 0; request < 20; request += 1) {
    expect((await fetch(new URL("/healthz", origin))).status).toBe(200);
  }
  expect(cutOff).toBe(0);
  await slow;
}, 60_000);

/** The status of /healthz for a client at that address of this machine. */
function statusFrom(localAddress: string, origin: URL): Promise<number | undefined> {
  return new Promise((done, fail) => {
    const request = get(new URL("/healthz", origin), { localAddress, agent: false }, (response) => {
      response.resume();
      done(response.statusCode);
    });
    request.on("error", fail);
  });
}
