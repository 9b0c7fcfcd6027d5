import { generateKeyPairSync } from "node:crypto";
import { expect, test } from "vitest";
import { sealSecret } from "#lib/secrets/seal.ts";
import { parseAllowedNetworks } from "#proxy/upstream/address-guard.ts";
import { connectTarget, openTarget, type TargetOptions } from "./targets.ts";

const canary = "canary-0123456789-credential";
const { publicKey, privateKey } = generateKeyPairSync("x25519");
const options: TargetOptions = {
  openingKey: { id: "test", privateKey },
  dataDir: "/tmp",
  allowed: parseAllowedNetworks([]),
  deadlines: {
    silentMilliseconds: 10_000,
    totalMilliseconds: 10_000,
    streamMilliseconds: 10_000,
  },
};

/** Answers everything with what its environment holds. */
const program = `
  process.stdin.on("data", (line) => {
    const { id } = JSON.parse(line);
    const result = { content: [{ type: "text", text: "password is " + process.env.PASSWORD }] };
    process.stdout.write(JSON.stringify({ jsonrpc: "2.0", id, result }) + "\\n");
  });`;

test("a secret of a connector's environment does not come down when its program repeats it", async () => {
  const identity = { orgId: "org", ownerId: "server", name: "field:password" };
  const der = publicKey.export({ format: "der", type: "spki" });
  const sealed = sealSecret({ id: "test", publicKey: der }, identity, canary);
  const stored = {
    kind: "connector",
    url: null,
    connector: "valkey",
    settings: {},
    secrets: [{ name: identity.name, sealed }],
  } as const;
  const target = openTarget(stored, identity.orgId, identity.ownerId, options);
  if (target.kind !== "stdio") throw new Error("not a program");
  const launch = {
    command: process.execPath,
    args: ["-e", program],
    env: { PASSWORD: canary },
    cwd: "/tmp",
  };
  const upstream = await connectTarget(
    { ...target, prepare: async () => launch },
    "stdio",
    options,
  );
  const request = { jsonrpc: "2.0", id: 1, method: "tools/call" } as const;
  const reply = await upstream.send(request, { sessionId: null, protocolVersion: null });
  const said: unknown[] = [];
  if (reply.kind === "stream") for await (const event of reply.events) said.push(event);
  await upstream.close();
  expect(JSON.stringify(said)).toContain("password is [credential removed by Callgate]");
  expect(JSON.stringify(said)).not.toContain(canary);
});
