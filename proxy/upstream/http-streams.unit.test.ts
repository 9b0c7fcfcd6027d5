import { expect, it } from "vitest";
import { startLocalServer } from "#proxy/testing/local-server.ts";
import { parseAllowedNetworks } from "./address-guard.ts";
import { awaitAnswer } from "./await-answer.ts";
import { createHttpUpstream, HTTP_UPSTREAM_DEFAULTS } from "./http.ts";
import type { UpstreamContext } from "./types.ts";

const CONTEXT: UpstreamContext = { sessionId: null, protocolVersion: null };

it("calls find a connection however many streams are open", async () => {
  await using server = await startLocalServer(({ method }, response) => {
    if (method === "GET") {
      response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
      return;
    }
    response.writeHead(200, { "content-type": "application/json" });
    response.end('{"jsonrpc":"2.0","id":1,"result":{}}');
  });
  const upstream = createHttpUpstream(server.url, {
    ...HTTP_UPSTREAM_DEFAULTS,
    headers: {},
    allowed: parseAllowedNetworks(["127.0.0.0/8"]),
  });
  const opened = Array.from({ length: 300 }, () => upstream.openStream(CONTEXT));
  for (const { kind } of await Promise.all(opened)) expect(kind).toBe("stream");
  const reply = await upstream.send({ jsonrpc: "2.0", id: 1, method: "ping" }, CONTEXT);
  expect(await awaitAnswer(reply)).toMatchObject({ kind: "answer" });
  await upstream.close();
});
