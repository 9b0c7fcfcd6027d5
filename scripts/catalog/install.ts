import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import type { Source } from "./source.ts";

const run = promisify(execFile);
const INSTALL_LIMIT_MS = 300_000;

/** A server on disk: how to start it, how people start it, and what its package says of itself. */
export interface Installed {
  file: string;
  args: string[];
  command: string;
  version: string;
  license: string | null;
  homepage: string | null;
}

/** Installs a source's package into `folder` and nowhere else. Throws with the installer's words. */
export async function install(source: Source, folder: string): Promise<Installed> {
  switch (source.ecosystem) {
    case "npm":
      return await installFromNpm(source, folder);
    case "pypi":
      return await installFromPypi(source, folder);
  }
}

const Manifest = z.object({
  bin: z.union([z.string(), z.record(z.string(), z.string())]),
  version: z.string(),
  license: z.string().nullable().default(null),
  homepage: z.string().nullable().default(null),
});

async function installFromNpm(source: Source, folder: string): Promise<Installed> {
  const spec = `${source.package}@${source.version}`;
  // Install scripts fetch browsers and the like; a tools/list needs none of it.
  const quiet = ["--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund", "--no-package-lock"];
  await run("npm", ["install", ...quiet, "--prefix", folder, spec, ...source.with], {
    cwd: folder,
    timeout: INSTALL_LIMIT_MS,
  });
  const home = join(folder, "node_modules", source.package);
  const manifest = Manifest.parse(JSON.parse(readFileSync(join(home, "package.json"), "utf8")));
  const plain = basename(source.package);
  const bins = typeof manifest.bin === "string" ? { [plain]: manifest.bin } : manifest.bin;
  const name = source.bin ?? (plain in bins ? plain : Object.keys(bins)[0]);
  const file = bins[name ?? ""];
  if (name === undefined || file === undefined) throw new Error(`${spec} has no such executable.`);
  const start = Object.keys(bins).length === 1 || name === plain ? spec : `-p ${spec} ${name}`;
  return {
    file: join(home, file),
    args: source.args,
    command: ["npx", "-y", start, ...source.args].join(" "),
    version: manifest.version,
    license: manifest.license,
    homepage: manifest.homepage,
  };
}

async function installFromPypi(source: Source, folder: string): Promise<Installed> {
  const spec = `${source.package}==${source.version}`;
  const bin = (name: string) => join(folder, "venv/bin", name);
  await run("python3", ["-m", "venv", join(folder, "venv")], { timeout: INSTALL_LIMIT_MS });
  await run(
    bin("pip"),
    ["install", "--quiet", "--no-input", "--no-compile", spec, ...source.with],
    {
      cwd: folder,
      timeout: INSTALL_LIMIT_MS,
      maxBuffer: 16_000_000,
    },
  );
  const { stdout } = await run(bin("python"), ["-c", METADATA, source.package]);
  const said = Metadata.parse(JSON.parse(stdout));
  const name = source.bin ?? source.package;
  const start = name === source.package ? spec : `--from ${spec} ${name}`;
  return {
    file: bin(name),
    args: source.args,
    command: ["uvx", start, ...source.args].join(" "),
    version: said.version,
    license: said.license,
    homepage: said.homepage,
  };
}

const Metadata = z.object({
  version: z.string(),
  license: z.string().nullable(),
  homepage: z.string().nullable(),
});

/** Python's own reader of what a wheel says of itself; long licence texts are not licence names. */
const METADATA = `
import importlib.metadata, json, sys
about = importlib.metadata.metadata(sys.argv[1])
license = about.get("License-Expression") or about.get("License") or ""
if not license or len(license) > 60 or "\\n" in license:
    named = [c.split(" :: ")[-1] for c in about.get_all("Classifier") or [] if c.startswith("License ::")]
    license = named[0] if named else ""
links = dict(link.split(", ", 1) for link in about.get_all("Project-URL") or [])
lower = {key.lower(): value for key, value in links.items()}
home = about.get("Home-page") or lower.get("homepage") or lower.get("repository") or lower.get("source")
print(json.dumps({"version": about["Version"], "license": license or None, "homepage": home or None}))
`;
