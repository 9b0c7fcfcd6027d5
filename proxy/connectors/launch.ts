import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { type AllowedNetworks, resolveHost } from "#proxy/upstream/address-guard.ts";
import type { Launch } from "#proxy/upstream/child-process.ts";
import { findProgram } from "./find-program.ts";
import { ensurePythonPackage, type PythonPackage } from "./python-environment.ts";
import type { ConnectorRuntime } from "./runtime.ts";

export type Settings = Readonly<Record<string, string | number | boolean>>;

/**
 * The command line and whole environment that start a connector. `settings` and `secrets` were
 * validated by `connectorSettingsSchema`; they only ever become environment variables and known
 * flags. May take minutes the first time, when it installs the package.
 * @throws {AddressRefusal} when a setting names a host the operator did not allow
 * @throws {AppError} unavailable, saying what to install
 */
export async function launchConnector(
  id: string,
  settings: Settings,
  secrets: Readonly<Record<string, string>>,
  runtime: ConnectorRuntime,
): Promise<Launch> {
  const cwd = join(runtime.dataDir, "connectors", "work");
  await mkdir(cwd, { recursive: true });
  switch (id) {
    case "valkey":
      return { ...(await launchValkey(settings, secrets, runtime)), cwd };
    case "everything":
      return { ...launchEverything(runtime), cwd };
    default:
      throw new RangeError("There is no such connector.");
  }
}

const VALKEY: PythonPackage = {
  name: "awslabs.valkey-mcp-server",
  version: "1.0.22",
  program: "awslabs.valkey-mcp-server",
};

async function launchValkey(
  settings: Settings,
  secrets: Readonly<Record<string, string>>,
  runtime: ConnectorRuntime,
): Promise<Omit<Launch, "cwd">> {
  const host = await pinnedHost(String(settings.host), settings.tls === true, runtime.allowed);
  const [command, ...args] = await valkeyCommand(runtime);
  return {
    command,
    args: settings.read_only === true ? [...args, "--readonly"] : args,
    env: {
      ...baseEnvironment(runtime.environment),
      VALKEY_HOST: host,
      VALKEY_PORT: String(settings.port ?? 6379),
      ...(settings.user !== undefined && { VALKEY_USERNAME: String(settings.user) }),
      ...(secrets.password !== undefined && { VALKEY_PWD: secrets.password }),
      VALKEY_USE_SSL: String(settings.tls === true),
      VALKEY_CLUSTER_MODE: String(settings.cluster === true),
      VALKEY_ADMIN_ENABLED: String(settings.admin_commands === true),
      EMBEDDING_PROVIDER: String(settings.embeddings ?? "hash"),
      ...(secrets.openai_api_key !== undefined && { OPENAI_API_KEY: secrets.openai_api_key }),
      // The default is a DEBUG log in the working folder, shared by all tenants.
      MCP_LOG_FILE: "/dev/null",
      MCP_LOG_LEVEL: "ERROR",
      FASTMCP_LOG_LEVEL: "ERROR",
      // Its default log on standard error shows every message, and values of variables in traces.
      LOGURU_LEVEL: "ERROR",
      LOGURU_DIAGNOSE: "NO",
      PYTHONUNBUFFERED: "1",
    },
  };
}

/**
 * The host of a data server is an address a tenant chose, so the rules for upstream URLs apply.
 * Without TLS the checked address itself is handed on; with TLS the certificate needs the name.
 */
async function pinnedHost(host: string, tls: boolean, allowed: AllowedNetworks): Promise<string> {
  const [first] = await resolveHost(host, allowed, false);
  return tls || first === undefined ? host : first.address;
}

/** The operator's own command, else uvx, else a virtual environment of ours. */
async function valkeyCommand(runtime: ConnectorRuntime): Promise<[string, ...string[]]> {
  const named = runtime.environment.CALLGATE_VALKEY_COMMAND?.trim() ?? "";
  const [command, ...args] = named.split(/\s+/);
  if (command !== undefined && command !== "") return [command, ...args];
  const uvx = await findProgram("uvx", runtime.environment.PATH ?? "");
  if (uvx !== null) return [uvx, "--from", `${VALKEY.name}==${VALKEY.version}`, VALKEY.program];
  return [await ensurePythonPackage(VALKEY, runtime)];
}

function launchEverything(runtime: ConnectorRuntime): Omit<Launch, "cwd"> {
  const resolve = createRequire(import.meta.url).resolve;
  return {
    command: process.execPath,
    args: [resolve("@modelcontextprotocol/server-everything/dist/index.js"), "stdio"],
    env: baseEnvironment(runtime.environment),
  };
}

/** What programs need to run at all, to find certificates and to install behind a proxy. */
const PASSED_ON = [
  "PATH",
  "HOME",
  "LANG",
  "LC_ALL",
  "TMPDIR",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "NO_PROXY",
  "UV_CACHE_DIR",
  "UV_DEFAULT_INDEX",
  "UV_INDEX_URL",
];

function baseEnvironment(environment: ConnectorRuntime["environment"]): Record<string, string> {
  const passed: Record<string, string> = {};
  for (const name of PASSED_ON) {
    const value = environment[name];
    if (value !== undefined) passed[name] = value;
  }
  return passed;
}
