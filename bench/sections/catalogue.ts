import { spawn } from "node:child_process";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { toolHref } from "#components/catalog/hrefs.ts";
import { classifyTool } from "#lib/catalog/classify.ts";
import { importCatalogue } from "#lib/catalogue/import.ts";
import { database } from "#lib/db.ts";
import { buildWhenStale } from "#scripts/build.ts";
import { readRecorded } from "#scripts/catalog/recorded.ts";
import { freePort } from "#scripts/free-port.ts";
import { quantile } from "../load.ts";
import type { Figure } from "../print.ts";
import type { Section } from "./section.ts";

const stored = 10_000;
const root = resolve(import.meta.dirname, "../..");

/** The public pages over HTTP with ten thousand tools stored: server time, p95, and size. */
export const catalogue: Section = async (_world, _effort, say) => {
  say(`storing ${stored} tools`);
  await importCatalogue();
  await copyUpTo(stored);
  await buildWhenStale(root, say);
  const site = await startSite();
  try {
    const figures: Figure[] = [];
    const places: [string, string, number | null][] = [
      ["a tool's page", "/catalog/awslabs-appsync/create_api_key", 50],
      [
        "a tool's page, its server has 123",
        "/catalog/awslabs-bedrock-agentcore/identity_create_api_key_provider",
        50,
      ],
      ["a tool's page, the heaviest", await heaviestPage(site.url), 50],
      ["a server's page", "/catalog/awslabs-valkey", null],
      ["a server's page, it has 235", "/catalog/azure", null],
      ["a search", "/catalog?q=delete", null],
      ["the list of servers", "/catalog", null],
    ];
    for (const [name, path, targetMs] of places) {
      say(name);
      const { p95Ms, bytes } = await visit(`${site.url}${path}`);
      figures.push({ name: `${name}, p95`, value: p95Ms, unit: "ms", target: targetMs });
      figures.push({
        name: `${name}, HTML`,
        value: bytes / 1024,
        unit: "KiB",
        target: targetMs === null ? null : 100,
      });
    }
    say("every tool's page");
    figures.push({
      name: "every tool's page, one visit each, p95",
      value: await p95OfAll(site.url),
      unit: "ms",
      target: 50,
    });
    say("scripts");
    figures.push(...(await ownScripts(site.url)));
    say("classifying");
    figures.push({
      name: "classifying 10,000 recorded tools, processor time",
      value: classifyingSeconds() * 1_000,
      unit: "ms",
      target: 1_000,
    });
    return { title: "Public pages, 10,000 tools stored", calls: [], figures };
  } finally {
    site.stop();
  }
};

/** The largest page of the tools whose stored definitions are longest. */
async function heaviestPage(url: string): Promise<string> {
  const longest = await database().$queryRaw<{ server: string; name: string }[]>`
    select server_slug as server, name from catalog_tools where server_slug not like '%-copy-%'
    order by octet_length(definition::text) desc limit 60`;
  const pages: { path: string; bytes: number }[] = [];
  for (const { server, name } of longest) {
    const path = toolHref(server, name);
    const { byteLength } = await fetch(`${url}${path}`).then((response) => response.arrayBuffer());
    pages.push({ path, bytes: byteLength });
  }
  const [heaviest] = pages.toSorted((one, other) => other.bytes - one.bytes);
  if (heaviest === undefined) throw new Error("the catalogue is empty");
  return heaviest.path;
}

/** Of a visit to each page of a recorded tool, one after the other. */
async function p95OfAll(url: string): Promise<number> {
  const tools = await database().catalogTool.findMany({
    where: { NOT: { serverSlug: { contains: "-copy-" } } },
    select: { serverSlug: true, name: true },
  });
  const times: number[] = [];
  for (const { serverSlug, name } of tools) {
    const { milliseconds } = await load(`${url}${toolHref(serverSlug, name)}`);
    times.push(milliseconds);
  }
  return quantile(times, 0.95);
}

/**
 * JavaScript that a tool's page loads and a page without any component of ours does not: that one is the answer
 * to an address nobody has, which has Next's own scripts, links and error boundaries.
 */
async function ownScripts(url: string): Promise<Figure[]> {
  const bare = await scriptsOf(`${url}/no-such-page`);
  const all = await scriptsOf(`${url}/catalog/awslabs-appsync/create_api_key`);
  const own = await Promise.all(
    [...all].filter((source) => !bare.has(source)).map((source) => body(new URL(source, url))),
  );
  const plain = own.reduce((sum, script) => sum + script.length, 0);
  const packed = own.reduce((sum, script) => sum + gzipSync(script).length, 0);
  return [
    { name: "a tool's page, its own JavaScript", value: plain / 1024, unit: "KiB", target: 20 },
    { name: "the same, gzip", value: packed / 1024, unit: "KiB", target: null },
  ];
}

/** Every script that the page names: those it loads first and those it loads for its components. */
async function scriptsOf(url: string): Promise<ReadonlySet<string>> {
  const html = await fetch(url).then((response) => response.text());
  const named = html.matchAll(/(?:\/_next\/)?(static\/chunks\/[\w.~-]+\.js)/g);
  return new Set([...named].map(([, path]) => `/_next/${path}`));
}

async function body(url: URL): Promise<Buffer> {
  const response = await fetch(url, { headers: { "accept-encoding": "identity" } });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
}

/** Processor time, as other processes take some of the clock's; the fastest of five passes. */
function classifyingSeconds(): number {
  const recorded = [...readRecorded().values()].flatMap(({ tools }) => tools);
  const passes = Array.from({ length: 5 }, () => {
    const started = process.cpuUsage();
    for (let done = 0; done < stored; done += 1) {
      const tool = recorded[done % recorded.length];
      if (tool) classifyTool(tool, { trustedAnnotations: false });
    }
    const { user, system } = process.cpuUsage(started);
    return (user + system) / 1_000_000;
  });
  return Math.min(...passes);
}

/** The recorded servers again under other names, until there are enough tools. */
async function copyUpTo(tools: number): Promise<void> {
  for (let copy = 1; (await database().catalogTool.count()) < tools; copy += 1) {
    await database().$executeRaw`
      insert into catalog_servers
      select slug || ${`-copy-${copy}`}, title, summary, ecosystem, package, version, recorded_at, command, homepage,
        license, protocol_revision, digest, policy
      from catalog_servers where slug not like '%-copy-%'`;
    await database().$executeRaw`
      insert into catalog_tools
      select server_slug || ${`-copy-${copy}`}, name, position, definition, digest, category, risk_class, confidence,
        signals, rationale, evidence, parameters_total, parameters_required, tokens, search
      from catalog_tools where server_slug not like '%-copy-%'`;
  }
}

async function startSite(): Promise<{ url: string; stop(): void }> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const next = join(root, "node_modules/next/dist/bin/next");
  const child = spawn(process.execPath, [next, "start", "-H", "127.0.0.1", "-p", String(port)], {
    cwd: root,
    env: {
      ...process.env,
      NODE_ENV: "production",
      NEXTAUTH_URL: url,
      NEXTAUTH_SECRET: "b".repeat(32),
    },
    stdio: "ignore",
  });
  const stop = () => child.kill("SIGTERM");
  for (let tries = 0; tries < 300; tries += 1) {
    if (
      await fetch(`${url}/api/health`).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return { url, stop };
    await new Promise((done) => setTimeout(done, 100));
  }
  stop();
  throw new Error("the dashboard did not start");
}

async function visit(url: string): Promise<{ p95Ms: number; bytes: number }> {
  const times: number[] = [];
  let bytes = 0;
  for (let turn = 0; turn < 60; turn += 1) {
    const page = await load(url);
    times.push(page.milliseconds);
    bytes = page.bytes;
  }
  // The first visits load and compile what every later one uses.
  return { p95Ms: quantile(times.slice(20), 0.95), bytes };
}

async function load(url: string): Promise<{ milliseconds: number; bytes: number }> {
  const started = performance.now();
  const response = await fetch(url);
  const { byteLength } = await response.arrayBuffer();
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return { milliseconds: performance.now() - started, bytes: byteLength };
}
