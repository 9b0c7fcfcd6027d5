import { connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Fleet, startFleet } from "#scripts/campaign/fleet.ts";

let fleet: Fleet;

beforeAll(async () => {
  fleet = await startFleet(process.env.DATABASE_URL ?? "", 1);
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
