import { networkInterfaces } from "node:os";
import type { Env } from "#lib/env.ts";
import type { ProxyConfig } from "#proxy/ports.ts";

/** The part of the environment that the pipeline works by. */
export function proxyConfig(settings: Env, instanceId: string): ProxyConfig {
  const own = [settings.publicProxyUrl, peerAddress(settings)];
  return {
    instanceId,
    hosts: new Set([
      ...own.map((url) => new URL(url).host.toLowerCase()),
      ...["127.0.0.1", "localhost", "[::1]"].map((name) => `${name}:${settings.PROXY_PORT}`),
    ]),
    origins: new Set([settings.publicUrl, ...settings.PROXY_ORIGINS].map(originOf)),
    publicUrl: settings.publicUrl,
    approvalHoldMs: settings.APPROVAL_HOLD_SECONDS * 1000,
    callMilliseconds: settings.PROXY_CALL_SECONDS * 1000,
    maxBodyBytes: 4 * 1024 * 1024,
    limits: {
      requestsPerOrg: settings.PROXY_MAX_REQUESTS_PER_ORG,
      streamsPerOrg: settings.PROXY_MAX_STREAMS_PER_ORG,
      streamsPerAgent: settings.PROXY_MAX_STREAMS_PER_AGENT,
      strangersPerAddress: settings.PROXY_MAX_STRANGERS_PER_ADDRESS,
      heldPerOrg: settings.PROXY_MAX_HELD_SESSIONS_PER_ORG,
      streamMilliseconds: settings.PROXY_STREAM_SECONDS * 1000,
      stalledMilliseconds: settings.PROXY_STALLED_SECONDS * 1000,
    },
  };
}

/** Where other proxies reach this one: as told, else under the first address that is not local. */
export function peerAddress(
  settings: Pick<Env, "HOST" | "PROXY_PORT" | "PROXY_PEER_URL">,
  interfaces: ReturnType<typeof networkInterfaces> = networkInterfaces(),
): string {
  if (settings.PROXY_PEER_URL !== undefined) return new URL(settings.PROXY_PEER_URL).origin;
  const everywhere = settings.HOST === "0.0.0.0" || settings.HOST === "::";
  const addresses = Object.values(interfaces).flatMap((entries) => entries ?? []);
  const outside = addresses.find(({ family, internal }) => family === "IPv4" && !internal);
  const host = everywhere ? (outside?.address ?? "127.0.0.1") : settings.HOST;
  return `http://${host.includes(":") ? `[${host}]` : host}:${settings.PROXY_PORT}`;
}

/** @throws Error that names what is no URL */
function originOf(url: string): string {
  if (!URL.canParse(url)) throw new Error(`PROXY_ORIGINS: ${url} is not an origin.`);
  return new URL(url).origin;
}
