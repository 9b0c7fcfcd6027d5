import { describe, expect, it } from "vitest";
import { parseEnv } from "#lib/env.ts";
import { peerAddress, proxyConfig } from "./config.ts";

const settings = (more: Record<string, string> = {}) =>
  parseEnv({ DATABASE_URL: "postgresql://db/callgate", PROXY_PORT: "3101", ...more });

const address = (value: string, internal: boolean, family: "IPv4" | "IPv6" = "IPv4") => ({
  address: value,
  internal,
  family,
  netmask: "",
  mac: "",
  cidr: null,
  ...(family === "IPv6" ? { scopeid: 0 } : {}),
});
// The type of an interface's address is a union over its family.
const interfaces = {
  lo: [address("127.0.0.1", true)],
  eth0: [address("fe80::1", false, "IPv6"), address("10.0.0.7", false)],
} as Parameters<typeof peerAddress>[1];

describe("where other proxies reach this one", () => {
  it.each([
    [
      "as told",
      { PROXY_PEER_URL: "https://proxy-3.internal:8443/ignored" },
      "https://proxy-3.internal:8443",
    ],
    ["where it listens", { HOST: "10.1.1.1" }, "http://10.1.1.1:3101"],
    ["where it listens", { HOST: "::1" }, "http://[::1]:3101"],
    [
      "on its first outside address when it listens everywhere",
      { HOST: "0.0.0.0" },
      "http://10.0.0.7:3101",
    ],
    ["on this machine by default", {}, "http://127.0.0.1:3101"],
  ])("is %s", (_, more, expected) => {
    expect(peerAddress(settings(more), interfaces)).toBe(expected);
  });

  it("is among the hosts it answers for", () => {
    const { hosts } = proxyConfig(settings({ PROXY_PEER_URL: "http://10.0.0.7:3101" }), "id");
    expect(hosts.has("10.0.0.7:3101")).toBe(true);
  });
});

describe("origins", () => {
  it("are the dashboard's and those named, without paths", () => {
    const more = {
      PUBLIC_URL: "https://callgate.example/x",
      PROXY_ORIGINS: "https://a.example/, https://b.example",
    };
    expect([...proxyConfig(settings(more), "id").origins]).toEqual([
      "https://callgate.example",
      "https://a.example",
      "https://b.example",
    ]);
  });

  it("that are none are named", () => {
    expect(() => proxyConfig(settings({ PROXY_ORIGINS: "a.example" }), "id")).toThrow("a.example");
  });
});
