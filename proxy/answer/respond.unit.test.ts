import { createServer, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterEach, expect, test } from "vitest";
import { SseReader } from "#proxy/json/sse.ts";
import { AgentReply } from "./respond.ts";

const closing: (() => void)[] = [];

afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** Serves each request by this; resolves to the port. */
async function serve(
  answer: (reply: AgentReply, response: ServerResponse) => Promise<void>,
  stalledMilliseconds = 1_000,
): Promise<number> {
  const server = createServer((_, response) => {
    void answer(new AgentReply(response, stalledMilliseconds), response);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  // Listening on TCP makes the address an object.
  return (server.address() as AddressInfo).port;
}

/** A connection that has sent its request and reads nothing. */
function ask(port: number) {
  const socket = connect(port, "127.0.0.1").pause();
  socket.on("error", () => {});
  socket.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
  closing.push(() => socket.destroy());
  return socket;
}

const indented = (text: string, lineEnd: string) =>
  JSON.stringify({ jsonrpc: "2.0", id: 1, result: { text } }, null, 2).replaceAll("\n", lineEnd);

test.each([
  ["line feeds", "\n"],
  ["carriage returns", "\r"],
  ["both", "\r\n"],
])("an answer that its server laid out by %s ends a stream whole", async (_, lineEnd) => {
  const port = await serve(async (reply) => {
    await reply.event('{"jsonrpc":"2.0","method":"notifications/progress"}');
    await reply.finish(Buffer.from(indented("a\n\ndata: b", lineEnd)));
  });
  const text = await (await fetch(`http://127.0.0.1:${port}`)).text();
  const events = new SseReader(1_000).push(Buffer.from(text));
  expect(events).toHaveLength(2);
  expect(events[1]?.event).toBe("message");
  expect(JSON.parse(events[1]?.data ?? "")).toEqual(JSON.parse(indented("a\n\ndata: b", "\n")));
});

const large = Buffer.from(JSON.stringify("x".repeat(16_000_000)));

test("an answer counts as taken at once when the agent's connection takes all of it", async () => {
  const left: number[] = [];
  const port = await serve(async (reply, response) => {
    await reply.finish(Buffer.from("{}"));
    left.push(response.writableLength);
    await reply.taken();
  });
  expect(await (await fetch(`http://127.0.0.1:${port}`)).text()).toBe("{}");
  expect(left).toEqual([0]);
});

test("an agent that does not read its answer is cut off, and only then is the answer done with", async () => {
  const seen: string[] = [];
  const port = await serve(async (reply, response) => {
    response.once("close", () => seen.push("cut off"));
    await reply.finish(large);
    seen.push("answered");
    await reply.taken();
    seen.push("taken");
  });
  ask(port);
  await expect.poll(() => seen, { timeout: 10_000 }).toEqual(["answered", "cut off", "taken"]);
});

test("an agent that reads slowly gets all of its answer, and the next one on the same connection", async () => {
  const taken: boolean[] = [];
  const port = await serve(async (reply, response) => {
    await reply.finish(large);
    await reply.taken();
    taken.push(response.writableFinished);
  });
  const socket = ask(port);
  let size = 0;
  const read = (bytes: number) =>
    new Promise<void>((done) => {
      const end = size + bytes;
      socket.on("data", function more(chunk) {
        size += chunk.length;
        if (size < end) return;
        socket.pause().off("data", more);
        done();
      });
      socket.resume();
    });
  // Sixteen rests: together longer than an agent may take nothing.
  for (let part = 0; part < 16; part += 1) {
    await read(900_000);
    await new Promise((done) => setTimeout(done, 100));
  }
  socket.on("data", (chunk) => {
    size += chunk.length;
  });
  socket.resume();
  await expect.poll(() => size, { timeout: 10_000 }).toBeGreaterThanOrEqual(large.length);
  expect(taken).toEqual([true]);
  socket.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
  await expect.poll(() => taken, { timeout: 10_000 }).toEqual([true, true]);
});
