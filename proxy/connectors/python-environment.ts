import { execFile } from "node:child_process";
import { access, mkdir, open, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import { AppError } from "#lib/errors.ts";
import { findProgram } from "./find-program.ts";
import type { ConnectorRuntime } from "./runtime.ts";

export interface PythonPackage {
  name: string;
  version: string;
  /** The command the package installs. */
  program: string;
}

const INSTALL_MILLISECONDS = 600_000;
const PYTHON_HINT =
  "Install Python 3.10 or newer with its venv module (Debian: apt install python3-venv), or uv, " +
  "or name a command in CALLGATE_VALKEY_COMMAND.";

/**
 * The path of a Python program, installed at a pinned version into its own virtual environment
 * under the data folder. The first caller on the machine installs; the others wait for it.
 * @throws {AppError} unavailable, saying what to install
 */
export async function ensurePythonPackage(
  wanted: PythonPackage,
  runtime: ConnectorRuntime,
): Promise<string> {
  const folder = join(runtime.dataDir, "connectors", `${wanted.name}-${wanted.version}`);
  const installed = join(folder, "installed");
  const deadline = Date.now() + INSTALL_MILLISECONDS;
  await mkdir(dirname(folder), { recursive: true });
  while (!(await exists(installed))) {
    const unlock = await lock(`${folder}.lock`);
    if (unlock === null) {
      if (Date.now() > deadline)
        throw unavailable(`Another process still installs ${wanted.name}.`);
      runtime.report(`Another process is installing ${wanted.name}; waiting for it.`);
      await wait(1_000);
      continue;
    }
    try {
      if (!(await exists(installed))) {
        await install(wanted, folder, runtime);
        // Written last: a half-finished installation is started over.
        await writeFile(installed, "");
      }
    } finally {
      await unlock();
    }
  }
  return join(folder, "bin", wanted.program);
}

async function install(
  wanted: PythonPackage,
  folder: string,
  runtime: ConnectorRuntime,
): Promise<void> {
  const { PATH = "" } = runtime.environment;
  const uv = await findProgram("uv", PATH);
  const python = await findProgram("python3", PATH);
  if (uv === null && python === null) throw unavailable(`Python was not found. ${PYTHON_HINT}`);
  await rm(folder, { recursive: true, force: true });
  runtime.report("Making a virtual environment for the connector.");
  const inFolder = join(folder, "bin", "python");
  const [make, install]: [Command, Command] =
    uv !== null
      ? [
          [uv, "venv", "--quiet", "--python", ">=3.10", folder],
          [uv, "pip", "install", "--quiet", "--python", inFolder],
        ]
      : [
          [python ?? "", "-m", "venv", folder],
          [inFolder, ...pipInstall],
        ];
  await run(make, runtime, `No virtual environment could be made. ${PYTHON_HINT}`);
  const requirement = `${wanted.name}==${wanted.version}`;
  runtime.report(`Installing ${requirement}; this happens once and takes about half a minute.`);
  const hint = `${requirement} could not be installed. Check that this machine reaches a Python package index.`;
  await run([...install, requirement], runtime, hint);
  runtime.report(`${requirement} is installed.`);
}

type Command = [program: string, ...args: string[]];

const pipInstall = ["-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--quiet"];

/**
 * Where packages come from and by which way. Installing may run a package's own code, so the
 * product's secrets are not among them.
 */
const forInstallers =
  /^(PATH|HOME|LANG|LC_ALL|TMPDIR|NETRC|(HTTPS?|ALL|NO)_PROXY|SSL_CERT_(FILE|DIR)|(CURL|REQUESTS)_CA_BUNDLE|(PIP|UV|XDG)_\w+)$/i;

async function run(
  [program, ...args]: Command,
  runtime: ConnectorRuntime,
  problem: string,
): Promise<void> {
  const passedOn = Object.entries(runtime.environment).filter(([name]) => forInstallers.test(name));
  try {
    await promisify(execFile)(program, args, {
      // A cast, because Next's types demand NODE_ENV of every environment.
      env: Object.fromEntries(passedOn) as unknown as NodeJS.ProcessEnv,
      timeout: INSTALL_MILLISECONDS,
      maxBuffer: 16 * 1024 * 1024,
    });
  } catch (cause) {
    throw unavailable(problem, cause);
  }
}

/** Creates a lock file; null while somebody else holds it. A lock of a dead installer expires. */
async function lock(path: string): Promise<(() => Promise<void>) | null> {
  try {
    const file = await open(path, "wx");
    await file.close();
    return () => rm(path, { force: true });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    const age = await stat(path).then(
      (found) => Date.now() - found.mtimeMs,
      () => 0,
    );
    if (age > INSTALL_MILLISECONDS) await rm(path, { force: true });
    return null;
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function unavailable(message: string, cause?: unknown): AppError {
  return new AppError("unavailable", message, { cause });
}
