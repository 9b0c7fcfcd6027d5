// Bad input below the level of an HTTP client: bytes on a socket, as an attacker writes them.
import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { callBody } from "#proxy/testing/harness.ts";
import { expectNothingForwarded, setUpProbe } from "#proxy/testing/probe.ts";

const probe = setUpProbe();

const body = callBody("get", { key: "raw" });
const host = () => new URL(probe().proxy.origin).host;
const path = () => new URL(probe().server.url).pathname;
const bearer = () => `Authorization: Bearer ${probe().server.agent.token}`;
const content = "Content-Type: application/json\r\nAccept: application/json, text/event-stream";

/** Writes these bytes and gives what comes back until the connection ends or falls silent. */
function exchange(bytes: string | Buffer, silentMs = 700): Promise<string> {
  return new Promise((done) => {
    const { hostname, port } = new URL(probe().proxy.origin);
    const socket = connect(Number(port), hostname);
    const parts: Buffer[] = [];
    socket.setTimeout(silentMs, () => socket.destroy());
    socket.on("data", (part) => parts.push(part));
    socket.on("error", () => {});
    socket.on("close", () => done(Buffer.concat(parts).toString("latin1")));
    socket.write(bytes);
  });
}

/** The status codes of all answers on a connection. */
async function statuses(bytes: string | Buffer): Promise<number[]> {
  const text = await exchange(bytes);
  return [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map((match) => Number(match[1]));
}

/** One request line with these headers; the body follows. */
function request(headers: string[], more: { line?: string; body?: string } = {}): string {
  const line = more.line ?? `POST ${path()} HTTP/1.1`;
  return `${[line, ...headers].join("\r\n")}\r\n\r\n${more.body ?? body}`;
}

const length = `Content-Length: ${body.length}`;

describe("requests that two parsers could read differently", () => {
  test.each<[string, () => string]>([
    [
      "length and chunks (ADV-029)",
      () =>
        request([`Host: ${host()}`, bearer(), content, length, "Transfer-Encoding: chunked"], {
          body: `0\r\n\r\n${request([`Host: ${host()}`, bearer(), content, length])}`,
        }),
    ],
    [
      "two lengths (ADV-029)",
      () => request([`Host: ${host()}`, bearer(), content, length, "Content-Length: 0"]),
    ],
    [
      "a disguised encoding (ADV-029)",
      () => request([`Host: ${host()}`, bearer(), content, "Transfer-Encoding: xchunked", length]),
    ],
    [
      "a space before the colon (ADV-029)",
      () => request([`Host: ${host()}`, bearer(), content, `Content-Length : ${body.length}`]),
    ],
    [
      "a folded header (ADV-029)",
      () => request([`Host: ${host()}`, bearer(), content, "X-A: b\r\n Content-Length: 5", length]),
    ],
    [
      "bare line feeds (ADV-029)",
      () => `POST ${path()} HTTP/1.1\nHost: ${host()}\n${bearer()}\n${length}\n\n${body}`,
    ],
    [
      "a line break in a header (ADV-040)",
      () => request([`Host: ${host()}`, "Authorization: Bearer a\rb", content, length]),
    ],
  ])("%s: refused and the connection closed", async (_, bytes) => {
    expect(await statuses(bytes())).toEqual([400]);
    expectNothingForwarded();
  });

  test.each<[string, () => string[]]>([
    [
      "two tokens (ADV-030)",
      () => [`Host: ${host()}`, bearer(), "Authorization: Bearer other", content, length],
    ],
    [
      "the same token twice (ADV-030)",
      () => [`Host: ${host()}`, bearer(), bearer(), content, length],
    ],
    [
      "two hosts (ADV-032)",
      () => [`Host: ${host()}`, "Host: evil.test", bearer(), content, length],
    ],
    [
      "two content types (ADV-030)",
      () => [`Host: ${host()}`, bearer(), content, "Content-Type: text/plain", length],
    ],
    [
      "two sessions (ADV-030)",
      () => [
        `Host: ${host()}`,
        bearer(),
        content,
        length,
        "Mcp-Session-Id: a",
        "Mcp-Session-Id: b",
      ],
    ],
    [
      "two revisions (ADV-030)",
      () => [
        `Host: ${host()}`,
        bearer(),
        content,
        length,
        "MCP-Protocol-Version: 2025-11-25",
        "MCP-Protocol-Version: 2026-07-28",
      ],
    ],
  ])("%s: refused", async (_, headers) => {
    const text = await exchange(request(headers()));
    expect(text).toMatch(/^HTTP\/1\.1 400/);
    expect(text).toContain("sent more than once");
    expectNothingForwarded();
  });
});

describe("hosts and targets that are not ours", () => {
  test.each<[string, () => string]>([
    ["a foreign host", () => request(["Host: evil.test", bearer(), content, length])],
    [
      "the right name with another port",
      () => request(["Host: 127.0.0.1:1", bearer(), content, length]),
    ],
    [
      "a forwarded host (ADV-032)",
      () => request(["Host: evil.test", `X-Forwarded-Host: ${host()}`, bearer(), content, length]),
    ],
  ])("%s is refused, against DNS rebinding", async (_, bytes) => {
    const text = await exchange(bytes());
    expect(text).toMatch(/^HTTP\/1\.1 403/);
    expect(text).toContain('"code":403');
    expectNothingForwarded();
  });

  test("no host at all is refused", async () => {
    expect(await statuses(request([bearer(), content, length]))).toEqual([400]);
  });

  test.each<[string, () => string]>([
    ["a full URL as target (ADV-032)", () => `POST http://evil.test${path()} HTTP/1.1`],
    ["a target that climbs (ADV-033)", () => `POST /mcp/other/..${path()} HTTP/1.1`],
  ])("%s is not found", async (_, line) => {
    const headers = [`Host: ${host()}`, bearer(), content, length];
    expect(await statuses(request(headers, { line: line() }))).toEqual([404]);
    expectNothingForwarded();
  });

  test.each<[string, () => string, number[]]>([
    ["CONNECT", () => "CONNECT upstream.test:443 HTTP/1.1", []],
    ["TRACE", () => `TRACE ${path()} HTTP/1.1`, [405]],
  ])("%s opens no way through", async (_, line, answer) => {
    const headers = [`Host: ${host()}`, bearer()];
    expect(await statuses(request(headers, { line: line(), body: "" }))).toEqual(answer);
    expectNothingForwarded();
  });

  test("an upgrade to a web socket is answered as a plain request (ADV-041)", async () => {
    const headers = [
      `Host: ${host()}`,
      "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Key: eA==",
    ];
    const text = await exchange(request(headers, { line: `GET ${path()} HTTP/1.1`, body: "" }));
    expect(text).toMatch(/^HTTP\/1\.1 401/);
  });

  test("HTTP/2 by prior knowledge is refused (ADV-041)", async () => {
    const text = await exchange("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    expect(text).not.toMatch(/HTTP\/\S+ 2/);
  });
});

describe("more than the proxy takes", () => {
  const headers = () => [`Host: ${host()}`, bearer(), content];

  test("a promise of 2 GiB is refused before a byte of it arrives (ADV-037)", async () => {
    const text = await exchange(
      request([...headers(), "Content-Length: 2147483648"], { body: "" }),
    );
    expect(text).toMatch(/^HTTP\/1\.1 413/);
    expect(text).toContain("larger than the 4 MiB accepted");
  });

  test("chunks without end are refused at the limit, with an answer (ADV-037)", async () => {
    const chunk = `100000\r\n${"x".repeat(0x100000)}\r\n`;
    const text = await exchange(
      request([...headers(), "Transfer-Encoding: chunked"], { body: chunk.repeat(6) }),
    );
    expect(text).toMatch(/^HTTP\/1\.1 413/);
    expect(text).toContain("larger than the 4 MiB accepted");
    expectNothingForwarded();
  });

  test("64 KB of headers are refused (ADV-037)", async () => {
    expect(
      await statuses(request([...headers(), `X-Fill: ${"x".repeat(65_536)}`, length])),
    ).toEqual([431]);
  });

  test("oversized bodies leave nothing behind in memory (ADV-037)", async () => {
    const chunks = `100000\r\n${"x".repeat(0x100000)}\r\n`.repeat(5);
    const bytes = Buffer.from(
      request([...headers(), "Transfer-Encoding: chunked"], { body: chunks }),
    );
    const round = async () => {
      const answers = await Promise.all(Array.from({ length: 8 }, () => statuses(bytes)));
      expect(answers).toEqual(Array.from({ length: 8 }, () => [413]));
    };
    for (let warmUp = 0; warmUp < 3; warmUp += 1) await round();
    const before = process.memoryUsage().rss;
    // 240 MiB in all, of which the proxy reads 4 of each 5 before it refuses.
    for (let sent = 0; sent < 6; sent += 1) await round();
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024);
  });
});
