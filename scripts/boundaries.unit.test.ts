import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { afterEach, describe, expect, test } from "vitest";

const root = resolve(import.meta.dirname, "..");
const written: string[] = [];

afterEach(() => {
  for (const file of written.splice(0)) rmSync(file, { force: true });
});

/** Whether Biome, as configured, refuses this import in a file of that folder. */
function isRefused(folder: string, specifier: string): boolean {
  const file = join(root, folder, `boundary-probe-${process.pid}.ts`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `import { something } from "${specifier}";\n\nsomething();\n`);
  written.push(file);
  const { stdout, stderr } = spawnSync(
    join(root, "node_modules/.bin/biome"),
    ["lint", "--only=style/noRestrictedImports", file],
    { cwd: root, encoding: "utf8" },
  );
  return `${stdout}${stderr}`.includes("noRestrictedImports");
}

describe("import boundaries of the design are enforced", () => {
  test.each([
    ["lib/policy", "node:fs"],
    ["lib/policy", "#lib/db.ts"],
    ["lib/catalog", "#lib/db.ts"],
    ["lib/servers", "next/headers"],
    ["lib/servers", "react"],
    ["lib/servers", "#lib/web/session.ts"],
    ["lib/servers", "#proxy/handler.ts"],
    ["lib/servers", "#lib/secrets/open.ts"],
    ["lib/web", "#proxy/handler.ts"],
    ["lib/web", "#lib/secrets/open.ts"],
    ["proxy", "next/server"],
    ["proxy", "#lib/db.ts"],
    ["proxy", "#prisma/client.ts"],
    ["proxy/upstream", "#lib/servers/servers.ts"],
    ["components/ui", "#lib/db.ts"],
    ["components/ui", "#proxy/handler.ts"],
    ["app/orgs", "#lib/db.ts"],
    ["app/orgs", "#prisma/client.ts"],
    ["app/orgs", "#proxy/handler.ts"],
    ["bin", "#lib/web/session.ts"],
    ["e2e", "#lib/servers/servers.ts"],
  ])("a file in %s may not import %s", (folder, specifier) => {
    expect(isRefused(folder, specifier)).toBe(true);
  });

  test.each([
    ["lib/policy", "zod"],
    ["lib/servers", "#lib/db.ts"],
    ["proxy", "#lib/policy/evaluate.ts"],
    ["proxy/main", "#lib/secrets/open.ts"],
    ["components/ui", "#lib/policy/describe.ts"],
    ["app/orgs", "#lib/web/session.ts"],
    ["bin", "#lib/servers/servers.ts"],
  ])("a file in %s may import %s", (folder, specifier) => {
    expect(isRefused(folder, specifier)).toBe(false);
  });
});

test("nothing at the root or in proxy/ makes imports of the folder ambiguous", () => {
  expect(existsSync(join(root, "proxy.ts"))).toBe(false);
  expect(existsSync(join(root, "proxy/index.ts"))).toBe(false);
});
