import type { Env } from "#lib/env.ts";
import { type OpeningKey, openSecret } from "#lib/secrets/open.ts";
import { launchConnector, type Settings } from "#proxy/connectors/launch.ts";
import { type DiscoveryTarget, secretsOf } from "#proxy/discover/discover.ts";
import type { ServerRecord } from "#proxy/ports.ts";
import { type AllowedNetworks, parseAllowedNetworks } from "#proxy/upstream/address-guard.ts";
import { createHttpUpstream, HTTP_UPSTREAM_DEFAULTS } from "#proxy/upstream/http.ts";
import { withoutEcho } from "#proxy/upstream/redact-echo.ts";
import { SSE_DEFAULTS, SseUpstream } from "#proxy/upstream/sse.ts";
import { STDIO_DEFAULTS, StdioUpstream } from "#proxy/upstream/stdio.ts";
import type { Upstream } from "#proxy/upstream/types.ts";

export interface TargetOptions {
  openingKey: OpeningKey;
  /** Writable folder of the proxy, for what connectors install. */
  dataDir: string;
  allowed: AllowedNetworks;
  deadlines: CallDeadlines;
}

/** How long calls and streams of a server may take. */
export interface CallDeadlines {
  silentMilliseconds: number;
  totalMilliseconds: number;
  streamMilliseconds: number;
}

/** How a server is reached, as stored: secrets still sealed. */
export interface StoredTarget {
  kind: "url" | "connector";
  url: string | null;
  connector: string | null;
  settings: Record<string, unknown>;
  secrets: readonly { name: string; sealed: string }[];
}

/** What connecting to servers takes, from the settings of the process; seconds become milliseconds. */
export function targetOptions(
  openingKey: OpeningKey,
  settings: Pick<
    Env,
    | "DATA_DIR"
    | "privateNetworks"
    | "PROXY_CALL_SILENT_SECONDS"
    | "PROXY_CALL_SECONDS"
    | "PROXY_STREAM_SECONDS"
  >,
): TargetOptions {
  return {
    openingKey,
    dataDir: settings.DATA_DIR,
    allowed: parseAllowedNetworks(settings.privateNetworks),
    deadlines: {
      silentMilliseconds: settings.PROXY_CALL_SILENT_SECONDS * 1000,
      totalMilliseconds: settings.PROXY_CALL_SECONDS * 1000,
      streamMilliseconds: settings.PROXY_STREAM_SECONDS * 1000,
    },
  };
}

/**
 * The target with its secrets opened; it lives only as long as the connection is being made.
 * @param ownerId what the secrets were sealed for: the server, or the job of a connection test
 * @throws Error that names the secret which cannot be opened
 */
export function openTarget(
  target: StoredTarget,
  orgId: string,
  ownerId: string,
  options: TargetOptions,
): DiscoveryTarget {
  const opened = (kind: "header" | "field") =>
    Object.fromEntries(
      target.secrets
        .filter(({ name }) => name.startsWith(`${kind}:`))
        .map(({ name, sealed }) => [
          name.slice(kind.length + 1),
          openSecret(options.openingKey, { orgId, ownerId, name }, sealed),
        ]),
    );
  if (target.kind === "url") {
    return { kind: "http", url: target.url ?? "", headers: opened("header") };
  }
  const connector = target.connector ?? "";
  const secrets = opened("field");
  const runtime = { environment: process.env, dataDir: options.dataDir, allowed: options.allowed };
  return {
    kind: "stdio",
    prepare: (report) =>
      launchConnector(connector, flat(target.settings), secrets, { ...runtime, report }),
    secrets: Object.values(secrets),
  };
}

/**
 * A connection to a target; for stdio a new child process, for HTTP+SSE a new event stream.
 * @param transport how the server was found to speak MCP; null when nobody has looked yet
 */
export async function connectTarget(
  target: DiscoveryTarget,
  transport: ServerRecord["transport"],
  options: TargetOptions,
): Promise<Upstream> {
  const { allowed, deadlines } = options;
  if (target.kind === "stdio") {
    const launch = await target.prepare(() => {});
    const program = new StdioUpstream(launch, { ...STDIO_DEFAULTS, ...deadlines });
    return withoutEcho(program, secretsOf(target));
  }
  const url = new URL(target.url);
  const { headers } = target;
  const upstream =
    transport === "sse"
      ? new SseUpstream(url, { ...SSE_DEFAULTS, ...deadlines, headers, allowed })
      : createHttpUpstream(url, { ...HTTP_UPSTREAM_DEFAULTS, ...deadlines, headers, allowed });
  return withoutEcho(upstream, secretsOf(target));
}

/** Connector settings are scalars by their schema; anything else in the row is not passed on. */
function flat(settings: Record<string, unknown>): Settings {
  const kept: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(settings)) {
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
      kept[name] = value;
    }
  }
  return kept;
}
