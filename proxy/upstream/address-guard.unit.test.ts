import { describe, expect, it, test } from "vitest";
import { startLocalServer } from "#proxy/testing/local-server.ts";
import {
  AddressRefusal,
  checkUrl,
  classifyAddress,
  parseAllowedNetworks,
  resolveHost,
} from "./address-guard.ts";
import { createGuardedClient } from "./guarded-client.ts";

const NOWHERE = parseAllowedNetworks([]);
const LOOPBACK = parseAllowedNetworks(["127.0.0.0/8"]);

async function exchange(url: string, allowed = NOWHERE) {
  const client = createGuardedClient(new URL(url), { allowed, connectTimeoutMilliseconds: 2_000 });
  try {
    return await client.exchange({
      method: "POST",
      headers: {},
      body: "{}",
      totalMilliseconds: 5_000,
      maxBytes: 1_000,
    });
  } finally {
    await client.close();
  }
}

describe("addresses an upstream may have", () => {
  test.each([
    "127.0.0.1",
    "2130706433",
    "0177.0.0.1",
    "0x7f000001",
    "127.1",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::7f00:1]",
    "0.0.0.0",
    "[::]",
    "１２７.0.0.1",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "169.254.169.254",
    "[fd00:ec2::254]",
    "100.64.0.1",
    "198.18.0.1",
    "192.0.0.1",
    "10.1.2.3",
    "192.168.0.1",
    "[fe80::1]",
    "[4000::1]",
    "168.63.129.16",
    "255.255.255.255",
    "224.0.0.1",
  ])("ADV-133: https://%s/ is refused before anything is sent", async (host) => {
    expect(await exchange(`https://${host}/`)).toMatchObject({
      kind: "failed",
      failure: { code: "blocked_address", bytesSent: false },
    });
  });

  it("ADV-133: a name that leads inside is refused, and the server there sees nothing", async () => {
    await using server = await startLocalServer((_request, response) => response.end());
    for (const host of ["127.0.0.1", "127.1", "localhost", "[::ffff:127.0.0.1]"]) {
      expect(await exchange(`http://${host}:${server.url.port}/mcp`)).toMatchObject({
        kind: "failed",
      });
    }
    expect(server.connections()).toBe(0);
    expect(await exchange(server.url.href, LOOPBACK)).toMatchObject({
      kind: "response",
      status: 200,
    });
  });

  it("ADV-134: one private record refuses the whole answer", async () => {
    const records = ["93.184.215.14", "2606:4700::1111", "10.0.0.7"];
    const answer = (list: string[]) => async () => list.map((address) => ({ address }));
    await expect(resolveHost("mixed.example", NOWHERE, false, answer(records))).rejects.toThrow(
      "private",
    );
    expect(
      await resolveHost("public.example", NOWHERE, false, answer(records.slice(0, 2))),
    ).toEqual([
      { address: "93.184.215.14", family: 4 },
      { address: "2606:4700::1111", family: 6 },
    ]);
  });

  it("ADV-134: an allowed network opens exactly itself", () => {
    const allowed = parseAllowedNetworks(["10.1.0.0/16", "fd00::/8", "192.168.7.9"]);
    const classes = (addresses: string[]) =>
      addresses.map((address) => classifyAddress(address, allowed));
    expect(classes(["10.1.2.3", "::ffff:10.1.2.3", "fd00::1", "192.168.7.9"])).toEqual(
      Array(4).fill("allowed"),
    );
    expect(classes(["10.2.0.1", "127.0.0.1", "fe80::1", "192.168.7.10", "", "localhost"])).toEqual(
      Array(6).fill("blocked"),
    );
    expect(() => parseAllowedNetworks(["10.0.0.0/33"])).toThrow("10.0.0.0/33");
  });

  test.each([
    "ftp://mcp.example/",
    "file:///etc/passwd",
    "gopher://mcp.example/",
    "data:text/plain,x",
    "unix:/run/x",
    "https://mcp.example:22/",
    "https://mcp.example:6379/",
    "https://mcp.example:5432/",
    "https://user:pw@mcp.example/",
  ])("ADV-136: %s is refused", (url) => {
    expect(() => checkUrl(new URL(url))).toThrow(AddressRefusal);
  });

  it("ADV-136: plain http is for allowed networks only", async () => {
    expect(await exchange("http://93.184.215.14/")).toMatchObject({
      failure: { code: "blocked_address", fix: "Use an https:// URL." },
    });
  });

  it("ADV-140: refused targets get the same answer whether or not something listens there", async () => {
    await using server = await startLocalServer((_request, response) => response.end());
    const open = await exchange(`https://127.0.0.1:${server.url.port}/`);
    const closed = await exchange("https://127.0.0.1:443/");
    expect(open).toEqual(closed);
  });
});
