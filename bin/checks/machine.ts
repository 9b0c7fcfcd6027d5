import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { parseEnv } from "#lib/env.ts";
import { findProgram } from "#proxy/connectors/find-program.ts";
import { parseAllowedNetworks } from "#proxy/upstream/address-guard.ts";
import { bad, type Check, good } from "./check.ts";

/** The first Node that runs the product's TypeScript as it is. */
const wantedNode = 24;
const programMilliseconds = 10_000;

/** What can be said without a database. Never throws. @param connectors ids that are in use */
export async function checkMachine(connectors: readonly string[]): Promise<Check[]> {
  return [checkNode(), ...checkEnvironment(), await checkValkey(connectors.includes("valkey"))];
}

function checkNode(): Check {
  const major = Number(process.versions.node.split(".")[0]);
  const detail = `Node ${process.version}.`;
  return major >= wantedNode
    ? good("node", detail)
    : bad("node", detail, "Run npm install, then npx callgate: the package brings its own Node.");
}

function checkEnvironment(): Check[] {
  try {
    // The database has a check of its own.
    const { privateNetworks } = parseEnv({ ...process.env, DATABASE_URL: "postgresql://unused" });
    return [good("environment", "All settings can be used."), checkNetworks(privateNetworks)];
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return [bad("environment", why, "Correct these variables; .env.example explains them.")];
  }
}

function checkNetworks(networks: readonly string[]): Check {
  try {
    parseAllowedNetworks(networks);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const fix = "Set UPSTREAM_PRIVATE_NETWORKS to networks such as 10.0.0.0/8, or to none.";
    return bad("private networks", why, fix);
  }
  const detail =
    networks.length === 0
      ? "Servers in private networks are refused; only public addresses are connected to."
      : `Besides public addresses, servers may be in ${networks.join(", ")}.`;
  return good("private networks", detail);
}

/** Fails only where a registered server needs it. */
async function checkValkey(isUsed: boolean): Promise<Check> {
  const check = "valkey connector";
  const command = process.env.CALLGATE_VALKEY_COMMAND?.trim();
  if (command) return good(check, `Started with CALLGATE_VALKEY_COMMAND (${command}).`);
  const path = process.env.PATH ?? "";
  const uv = await findProgram("uv", path);
  if (uv !== null) return good(check, `Installed with ${uv} at first use.`);
  const python = await findProgram("python3", path);
  const problem =
    python === null ? "Neither uv nor python3 is installed." : await pythonProblem(python);
  if (problem === null) return good(check, `Installed with ${python} at first use.`);
  const fix = "Install uv, or Python 3.10 or newer with its venv module (Debian: python3-venv).";
  if (isUsed) return bad(check, problem, fix);
  return { check, ok: true, detail: `${problem} No server needs it.`, fix };
}

async function pythonProblem(python: string): Promise<string | null> {
  const program =
    "import ensurepip, venv, sys; print(*sys.version_info[:2]); sys.exit(sys.version_info < (3, 10))";
  try {
    await promisify(execFile)(python, ["-c", program], { timeout: programMilliseconds });
    return null;
  } catch {
    return `${python} is older than 3.10 or lacks its venv module.`;
  }
}
