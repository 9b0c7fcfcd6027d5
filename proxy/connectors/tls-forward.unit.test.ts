import { once } from "node:events";
import { mkdtemp, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer } from "node:tls";
import { beforeEach, expect, test } from "vitest";
import { parseAllowedNetworks } from "#proxy/upstream/address-guard.ts";
import { startLineChild } from "#proxy/upstream/child-process.ts";
import { launchConnector } from "./launch.ts";

// For the name localhost alone, and for these tests.
const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgvGRTREazuYgwpZeD
gony/aif/DjAuMMbLxllAskmSOahRANCAARwV0BgEmCNkxBuspOufztgV4p9oDBO
Xgg0/+AzEzlIT6WcLhKV1fnCacPyLpr5h9brZIdbjodzyhDV3BPW0KTK
-----END PRIVATE KEY-----`;
const cert = `-----BEGIN CERTIFICATE-----
MIIBlTCCATugAwIBAgIUQLVuO8E/4qNRROtktOvw822gqUMwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMjE3MjMxNFoYDzIxMjYxMDI5
MTcyMzE0WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAARwV0BgEmCNkxBuspOufztgV4p9oDBOXgg0/+AzEzlIT6WcLhKV1fnC
acPyLpr5h9brZIdbjodzyhDV3BPW0KTKo2kwZzAdBgNVHQ4EFgQUtKiSOf+cc3co
je+GIWbDaquJ2M0wHwYDVR0jBBgwFoAUtKiSOf+cc3coje+GIWbDaquJ2M0wFAYD
VR0RBA0wC4IJbG9jYWxob3N0MA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwID
SAAwRQIgMXRktAZqr9iMOy6ubl7kal2tDrmRL6U+ihYlEtRFCXECIQCWf/+klFeM
hx5Cy/a6+CdFaGEbWJrQzGOuMgJsB4IykA==
-----END CERTIFICATE-----`;

/** Sends its password to where it is told the server is, and says what came back and all that it was given. */
const program = `
const { VALKEY_HOST: host, VALKEY_PORT: port, VALKEY_PWD: password } = process.env;
const socket = require("node:net").connect(Number(port), host, () => socket.write(password));
let heard = "";
socket.on("data", (data) => { heard += data; socket.end(); });
socket.on("error", () => {});
socket.on("close", () => console.log(JSON.stringify({ heard, env: process.env, argv: process.argv.slice(2) })));
process.stdin.on("end", () => process.exit()).resume();
`;

let folder: string;
let trusted: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "callgate-"));
  trusted = join(folder, "ca.pem");
  await writeFile(trusted, cert);
  await writeFile(join(folder, "program.cjs"), program);
});

test("with TLS, the program is sent to the address that was checked, by a name that it never gets", async () => {
  await using server = await startTlsServer();
  const { heard, env, argv } = await run("localhost", server.port, trusted);
  expect(heard).toBe("+OK hunter2");
  expect(env).toMatchObject({ VALKEY_HOST: "127.0.0.1", VALKEY_USE_SSL: "false" });
  expect(env.VALKEY_PORT).not.toBe(String(server.port));
  expect(JSON.stringify(env)).not.toContain("localhost");
  expect(env).not.toHaveProperty("NODE_EXTRA_CA_CERTS");
  expect(argv).toEqual(["--readonly"]);
  expect(server.names).toEqual(["localhost"]);
});

test("a server that is not trusted, or has a certificate for another name, is told nothing", async () => {
  await using server = await startTlsServer();
  expect(await run("localhost", server.port, null)).toMatchObject({ heard: "" });
  expect(await run("127.0.0.1", server.port, trusted)).toMatchObject({ heard: "" });
  expect(server.heard).toEqual([]);
});

test("the program ends with its input, and its way to the server with it", async () => {
  await using server = await startTlsServer();
  const launch = await launchOf("localhost", server.port, trusted);
  const said = Promise.withResolvers<unknown>();
  const ended = Promise.withResolvers<unknown>();
  const child = startLineChild(launch, { onLine: said.resolve, onEnd: ended.resolve }, limits);
  await said.promise;
  await child.stop();
  expect(await ended.promise).toEqual({ kind: "exited", how: "exit code 0" });
});

const limits = { maxLineBytes: 65_536, maxUnreadBytes: 65_536, stopMilliseconds: 10_000 };

async function launchOf(host: string, port: number, certificates: string | null) {
  const runtime = {
    environment: {
      CALLGATE_VALKEY_COMMAND: `${process.execPath} ${join(folder, "program.cjs")}`,
      ...(certificates !== null && { NODE_EXTRA_CA_CERTS: certificates }),
    },
    dataDir: folder,
    allowed: parseAllowedNetworks(["127.0.0.0/8", "::1"]),
    report: () => {},
  };
  const settings = { host, port, tls: true, read_only: true };
  return launchConnector("valkey", settings, { password: "hunter2" }, runtime);
}

interface Said {
  heard: string;
  env: Record<string, string>;
  argv: string[];
}

async function run(host: string, port: number, certificates: string | null): Promise<Said> {
  const line = Promise.withResolvers<string>();
  const events = {
    onLine: (said: Buffer) => line.resolve(said.toString()),
    onEnd: () => line.reject(new Error("The program ended.")),
  };
  const child = startLineChild(await launchOf(host, port, certificates), events, limits);
  try {
    return JSON.parse(await line.promise);
  } finally {
    await child.stop();
  }
}

/** Answers every message with itself. */
async function startTlsServer() {
  const heard: string[] = [];
  const names: unknown[] = [];
  const server = createServer({ key, cert }, (socket) => {
    names.push(socket.servername);
    socket.on("error", () => {});
    socket.on("data", (data) => {
      heard.push(data.toString());
      socket.write(`+OK ${data}`);
    });
  });
  server.on("tlsClientError", () => {});
  server.listen(0, "localhost");
  await once(server, "listening");
  // Listening on TCP makes the address an object.
  const { port } = server.address() as AddressInfo;
  return {
    port,
    heard,
    names,
    [Symbol.asyncDispose]: () => new Promise<void>((done) => server.close(() => done())),
  };
}
