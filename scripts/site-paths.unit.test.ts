import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { expect, test } from "vitest";
import { groups } from "../bin/groups.ts";

/** What the public pages tell people to type, open and visit has to be there. */
const root = resolve(import.meta.dirname, "..");
const read = (path: string) => readFileSync(join(root, path), "utf8");
const filesOf = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map(
    (file) => `${folder}/${file}`,
  );

const sources = ["app/(site)", "lib/docs", "components/site", "components/docs"]
  .flatMap(filesOf)
  .filter((file) => /\.tsx?$/.test(file) && !file.includes(".test."));

test.each(sources)("every command, address and file that %s names exists", async (file) => {
  expect(await missingIn(read(file))).toEqual([]);
});

test("the pages name commands, addresses and files, and made-up ones are found out", async () => {
  const named = sources.map((file) => namedIn(read(file)));
  const sum = (kind: keyof Named) => named.reduce((count, each) => count + each[kind].length, 0);
  expect(sum("scripts")).toBeGreaterThan(0);
  expect(sum("commands")).toBeGreaterThan(2);
  expect(sum("addresses")).toBeGreaterThan(20);
  expect(sum("files")).toBeGreaterThan(0);
  const invented = `Run "npm start" and "npm run invent", then npx callgate policy invent --org acme
    and \`npx callgate user create --email a@b --invented x\`. See /docs/policy, /docs/invented,
    \${base}/catalog/\${slug}.md, /healthz, (/invented.md) and “/contact.json”; it is in
    lib/docs/pages.ts, lib/docs/invented.ts, .env.example, .env.invented and INVENTED.md.`;
  expect(await missingIn(invented)).toEqual([
    "npm run invent",
    "npx callgate policy invent",
    "npx callgate user create --invented",
    "/docs/invented",
    "/invented.md",
    "lib/docs/invented.ts",
    ".env.invented",
    "INVENTED.md",
  ]);
});

interface Named {
  scripts: string[];
  commands: string[];
  addresses: string[];
  files: string[];
}

/** Stands for what a template puts in. */
const anything = "…";

function namedIn(source: string): Named {
  // Imports are checked by the compiler.
  const text = source.replace(/^import .*$|^} from .*$/gm, "").replace(/\$\{[^}]*\}/g, anything);
  const all = (pattern: RegExp) => [...text.matchAll(pattern)].map(([, found = ""]) => found);
  return {
    scripts: all(/\bnpm ((?:run (?:-s )?)?[a-z]+)(?=["'`\s,.])/g).filter(isScript),
    commands: all(/\bnpx callgate ([^"'`\n]+)/g),
    addresses: all(/(?<=^|[\s"'`(“…])(\/[a-z][\w./…[\]-]*)/gm).map((path) =>
      path.replace(/[.,]$/, ""),
    ),
    files: [
      ...all(
        /(?<![\w/.#-])((?:app|bench|bin|catalog|components|docs|e2e|lib|prisma|proxy|public|scripts)\/[\w./-]*\w)/g,
      ),
      ...all(/(?<![\w/.~-])(\.env\.[a-z]+|[A-Z]+\.md|package\.json|[a-z]+\.config\.ts)/g),
    ],
  };
}

/** "npm package" is no command. */
function isScript(words: string): boolean {
  return /^(run|start|test)\b/.test(words);
}

async function missingIn(source: string): Promise<string[]> {
  const { scripts, commands, addresses, files } = namedIn(source);
  const checked = await Promise.all(commands.map(missingOfCommand));
  return [
    ...scripts
      .filter((words) => !(words.replace(/^run (-s )?/, "") in packageScripts))
      .map((words) => `npm ${words}`),
    ...checked.flat(),
    ...addresses.filter((address) => !isServed(address)),
    ...files.filter((file) => !existsSync(join(root, file))),
  ];
}

const packageScripts: Record<string, string> = JSON.parse(read("package.json")).scripts;

/** The command, or those of its options that it does not have. */
async function missingOfCommand(typed: string): Promise<string[]> {
  const [group = "", verb = "", ...rest] = typed.trim().split(/\s+/);
  const commands = (await groups.get(group)?.()) ?? [];
  const command = commands.find(({ name }) => name === `${group} ${verb}` || name === group);
  if (command === undefined) return [`npx callgate ${group} ${verb}`];
  return [verb, ...rest]
    .filter((word) => word.startsWith("-"))
    .filter((word) => {
      const name = word.replace(/^--?|=.*$/g, "");
      const known = Object.entries(command.options).flatMap(([long, { short, alias }]) =>
        word.startsWith("--") ? [long, alias] : [short],
      );
      return !known.includes(name);
    })
    .map((word) => `npx callgate ${command.name} ${word}`);
}

function isServed(address: string): boolean {
  const path = address.replace(/…|\[\w+\]/g, "x");
  const page = path.replace(/\.(md|json)$/, "").replace(/^\/index$/, "/");
  const file = new RegExp(`^${address.replaceAll(".", "\\.").replaceAll(anything, ".+")}$`);
  return (
    served.some((pattern) => pattern.test(path) || pattern.test(page)) ||
    publicFiles.some((each) => file.test(each))
  );
}

const publicFiles = filesOf("public").map((file) => file.slice("public".length));

/** Pages and routes of the dashboard, and what the proxy answers. */
const served: readonly RegExp[] = [
  ...filesOf("app").flatMap(addressOf),
  ...[...read("proxy/handler.ts").matchAll(/`(\/[\w/{}]+)`/g)].map(([, path = ""]) => path),
].map((path) => new RegExp(`^${path.replace(/\{\w+\}|\[\w+\]/g, "[^/]+")}$`));

/** The address that a file of app/ answers, with `[name]` for what it takes. */
function addressOf(file: string): string[] {
  const folder = dirname(file)
    .slice("app".length)
    .replace(/\/\([^)]+\)/g, "");
  const name = basename(file).replace(/\.tsx?$/, "");
  if (name === "sitemap") return [`${folder}/sitemap.xml`];
  if (name === "robots") return [`${folder}/robots.txt`];
  if (name !== "page" && name !== "route") return [];
  return [folder.replace(/\/\[\[\.\.\.\w+\]\]/, "(?:/.+)?").replace(/\[\.\.\.\w+\]/, ".+") || "/"];
}
