import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { AddressRefusal, resolveHost } from "#proxy/upstream/address-guard.ts";
import type { Launch } from "#proxy/upstream/child-process.ts";
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
  const cwd = resolve(runtime.dataDir, "connectors", "work");
  await mkdir(cwd, { recursive: true });
  switch (id) {
    case "valkey":
      return launchValkey(settings, secrets, runtime, cwd);
    case "everything":
      return launchEverything(cwd);
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
  cwd: string,
): Promise<Launch> {
  const { environment } = runtime;
  if (settings.cluster === true) checkCluster(environment);
  const host = String(settings.host);
  const port = String(settings.port ?? 6379);
  // The host of a data server is an address a tenant chose: the rules for upstream URLs apply.
  const [checked] = await resolveHost(host, runtime.allowed, false);
  const address = checked?.address ?? host;
  const isForwarded = settings.tls === true && settings.cluster !== true;
  const [command, ...args] = await valkeyCommand(runtime);
  if (settings.read_only === true) args.push("--readonly");
  const launch: Launch = {
    cwd,
    command,
    args,
    env: {
      ...pick(environment, forPrograms),
      HOME: cwd,
      VALKEY_HOST: settings.tls === true ? host : address,
      VALKEY_PORT: port,
      ...(settings.user !== undefined && { VALKEY_USERNAME: String(settings.user) }),
      ...(secrets.password !== undefined && { VALKEY_PWD: secrets.password }),
      VALKEY_USE_SSL: String(settings.tls === true && !isForwarded),
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
      // Else it reads the next file of this name above its own folder, which may be the product's.
      PYTHON_DOTENV_DISABLED: "1",
    },
  };
  return isForwarded ? withTls(launch, [host, address, port], environment) : launch;
}

/** A cluster tells its clients where its nodes are, and the program goes there: no check of ours sees it. */
function checkCluster(environment: ConnectorRuntime["environment"]): void {
  if (environment.CALLGATE_VALKEY_CLUSTER?.trim() === "allow") return;
  throw new AddressRefusal({
    code: "blocked_address",
    message:
      "Cluster mode is not allowed here: a cluster sends its clients to nodes of its own choice, inside networks too.",
    fix: "Turn cluster mode off, or have the operator set CALLGATE_VALKEY_CLUSTER=allow, which trusts every Valkey server that is registered.",
  });
}

/**
 * The program behind a way to the server of its own, to the address that was checked: a name for TLS
 * would be looked up again.
 */
function withTls(
  { command, args, ...launch }: Launch,
  server: readonly [name: string, address: string, port: string],
  environment: ConnectorRuntime["environment"],
): Launch {
  const forward = fileURLToPath(new URL("./tls-forward.ts", import.meta.url));
  return {
    ...launch,
    command: process.execPath,
    args: ["--use-system-ca", forward, ...server, command, ...args],
    env: { ...launch.env, ...pick(environment, forCertificates) },
  };
}

/** The operator's own command, else what a virtual environment of ours holds. */
async function valkeyCommand(runtime: ConnectorRuntime): Promise<[string, ...string[]]> {
  const named = runtime.environment.CALLGATE_VALKEY_COMMAND?.trim() ?? "";
  const [command, ...args] = named.split(/\s+/);
  if (command !== undefined && command !== "") return [command, ...args];
  return [await ensurePythonPackage(VALKEY, runtime)];
}

function launchEverything(cwd: string): Launch {
  const program = "@modelcontextprotocol/server-everything/dist/index.js";
  return {
    cwd,
    command: process.execPath,
    args: [createRequire(import.meta.url).resolve(program), "stdio"],
    env: {
      // One of its tools fetches URLs of these domains, of all when there are none: no host is called this.
      GZIP_ALLOWED_DOMAINS: "/",
    },
  };
}

/** What programs need to run at all. One of them shows its environment, so nothing else of ours is there. */
const forPrograms = ["PATH", "LANG", "LC_ALL", "TMPDIR"];
/** Whom TLS trusts besides the public authorities. */
const forCertificates = ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "SSL_CERT_DIR"];

function pick(
  environment: ConnectorRuntime["environment"],
  names: readonly string[],
): Record<string, string> {
  const picked: Record<string, string> = {};
  for (const name of names) {
    const value = environment[name];
    if (value !== undefined) picked[name] = value;
  }
  return picked;
}
