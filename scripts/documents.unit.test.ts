import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { describe, expect, test } from "vitest";

const root = resolve(import.meta.dirname, "..");
const documents = execFileSync("git", ["ls-files", "*.md"], { cwd: root, encoding: "utf8" })
  .split("\n")
  .filter((file) => file !== "");
const scripts: Record<string, string> = JSON.parse(
  readFileSync(join(root, "package.json"), "utf8"),
).scripts;

describe.each(documents)("%s", (file) => {
  const text = readFileSync(join(root, file), "utf8");

  test("names only files and folders that exist", () => {
    const inCode = [...text.matchAll(/`((?:[\w.[\]-]+\/)+[\w.[\]-]*)`/g)].map(([, path]) => path);
    const linked = [...text.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, path]) =>
      join(dirname(file), path ?? ""),
    );
    const known = new Set([
      "app",
      "bench",
      "bin",
      "catalog",
      "components",
      "docs",
      "e2e",
      "lib",
      "prisma",
      "proxy",
      "scripts",
    ]);
    const ours = inCode.filter((path) => known.has(path?.split("/")[0] ?? ""));
    const missing = [...ours, ...linked].filter((path) => !existsSync(join(root, path ?? "")));
    expect(missing).toEqual([]);
  });

  test("names only commands that exist", () => {
    const named = [...text.matchAll(/npm run (?:-s )?([a-z]+)/g)].map(([, name]) => name ?? "");
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });
});

test("the map names the newest form of the admission function", () => {
  const migrations = join(root, "prisma/migrations");
  const newest = readdirSync(migrations)
    .sort()
    .filter((name) => existsSync(join(migrations, name, "migration.sql")))
    .findLast((name) =>
      /create (or replace )?function admit_calls\b/i.test(
        readFileSync(join(migrations, name, "migration.sql"), "utf8"),
      ),
    );
  const [, named] =
    /`admit_calls`, is in `prisma\/migrations\/(\w+)`/.exec(
      readFileSync(join(root, "README.md"), "utf8"),
    ) ?? [];
  expect(named).toBe(newest);
});
