import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ask } from "./ask.ts";
import { install } from "./install.ts";
import { catalogFolder, readSources, type Source } from "./source.ts";

/**
 * `node scripts/catalog/record.ts [SLUG…]`: installs each package of catalog/sources.json into a
 * folder that is thrown away, starts it over stdio, asks for its tools and writes what it said to
 * catalog/recorded. Exit code 1 when one of them could not be recorded; its old record stays.
 */
const wanted = new Set(process.argv.slice(2));
const sources = readSources().filter(({ slug }) => wanted.size === 0 || wanted.has(slug));
const unknown = [...wanted].filter((slug) => !sources.some((source) => source.slug === slug));
if (unknown.length > 0) {
  console.error(`catalog/sources.json knows no ${unknown.join(", ")}.`);
  process.exit(2);
}

const AT_ONCE = 2;
const queue = [...sources];
let failures = 0;
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    for (let source = queue.shift(); source !== undefined; source = queue.shift()) {
      try {
        console.log(`${source.slug}: ${await record(source)} tools`);
      } catch (error) {
        failures += 1;
        console.error(`${source.slug}: ${error instanceof Error ? error.message : error}`);
      }
    }
  }),
);
process.exit(failures === 0 ? 0 : 1);

/** Records one server and answers how many tools it has. */
async function record(source: Source): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "callgate-record-"));
  try {
    const server = await install(source, folder);
    const said = await ask(server, folder, source.env);
    if (said.tools.length === 0) throw new Error("it has no tools");
    const entry = {
      slug: source.slug,
      title: source.title,
      ecosystem: source.ecosystem,
      package: source.package,
      version: server.version,
      recordedAt: new Date().toISOString().slice(0, 10),
      command: server.command,
      summary: source.summary,
      homepage: server.homepage,
      license: server.license,
      protocolRevision: said.protocolRevision,
      serverInfo: said.serverInfo,
      tools: said.tools,
    };
    // The folder's name is ours, not the server's; some put their working directory into a text.
    const text = JSON.stringify(entry).replaceAll(folder, "/srv/project");
    writeFileSync(join(catalogFolder, "recorded", `${source.slug}.json`), `${text}\n`);
    return said.tools.length;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
