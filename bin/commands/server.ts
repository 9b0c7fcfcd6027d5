import { operatorContext } from "#lib/orgs/orgs.ts";
import { findConnector } from "#lib/servers/connectors.ts";
import { listServers, registerServer } from "#lib/servers/servers.ts";
import { defineCommand, UsageError } from "../command.ts";
import { discover } from "../discover.ts";
import { readNumber, readValues } from "../input.ts";
import { orgOption, serverOption } from "../options.ts";
import { table } from "../output.ts";

/** Long enough for a connector that is installed first; seconds. */
const defaultTimeoutSeconds = 300;

const add = defineCommand({
  name: "server add",
  summary: "Register an MCP server; its policy denies everything until rules are set",
  options: {
    org: orgOption,
    slug: {
      value: "SLUG",
      help: "What stands for it in URLs, such as billing-api",
      required: true,
    },
    name: { value: "NAME", help: "What people call it; the slug otherwise" },
    url: { value: "URL", help: "Where a streamable HTTP server listens" },
    header: { value: "'NAME: VALUE'", help: "A header to send there, sealed", repeat: true },
    connector: { value: "ID", help: "Start this connector instead (id or package name)" },
    set: { value: "NAME=VALUE", help: "A setting of the connector", repeat: true },
  },
  notes:
    "Values of --header and --set that are secret need not stand in the process list: '-' reads the\n" +
    "next line of standard input, '$NAME' (in single quotes) the variable NAME of the environment.\n" +
    "  callgate server add --org acme --slug billing --url https://mcp.example.com/mcp \\\n" +
    "    --header 'Authorization: -' < token.txt",
  json: "{id, slug, proxyUrl}",
  async run({ org, slug, name, url, header, connector, set }) {
    const target = await readTarget({ url, header, connector, set });
    const context = await operatorContext(org);
    const server = await registerServer(context, { slug, name: name ?? slug, ...target });
    return {
      json: { id: server.id, slug: server.slug, proxyUrl: server.proxyUrl },
      text:
        `Registered ${server.slug}. Agents will use ${server.proxyUrl}\n` +
        `Next: callgate server discover --org ${org} --server ${server.slug}`,
    };
  },
});

const discoverTools = defineCommand({
  name: "server discover",
  summary: "Have the proxy connect to a server and read its tools",
  options: {
    org: orgOption,
    server: serverOption,
    timeout: {
      value: "SECONDS",
      help: `How long to wait; ${defaultTimeoutSeconds} unless given`,
    },
  },
  notes: "The steps are shown on standard error while they happen. A running proxy is needed.",
  json: "{tools, held, protocol}",
  async run({ org, server, timeout }) {
    const seconds = readNumber("timeout", timeout) ?? defaultTimeoutSeconds;
    const context = await operatorContext(org);
    const found = await discover(context, server, seconds * 1000);
    const held = found.held === 0 ? "" : `, ${found.held} of them held for review`;
    return {
      json: found,
      text: `${server} offers ${found.tools} tools${held} (protocol ${found.protocol}).`,
    };
  },
});

const list = defineCommand({
  name: "server list",
  summary: "Show an org's servers",
  options: { org: orgOption },
  json: "[{slug, name, proxyUrl, health, healthDetail, tools, held}]",
  async run({ org }) {
    const servers = await listServers(await operatorContext(org));
    const json = servers.map(({ slug, name, proxyUrl, health, healthDetail, tools, heldTools }) => {
      return { slug, name, proxyUrl, health, healthDetail, tools, held: heldTools };
    });
    const rows = json.map((row) => [row.slug, row.health, row.tools, row.held, row.proxyUrl]);
    return { json, text: table(["SERVER", "HEALTH", "TOOLS", "HELD", "PROXY URL"], rows) };
  },
});

export const commands = [add, discoverTools, list];

interface TargetOptions {
  url: string | undefined;
  header: readonly string[];
  connector: string | undefined;
  set: readonly string[];
}

async function readTarget({ url, header, connector, set }: TargetOptions) {
  if ((url === undefined) === (connector === undefined)) {
    throw new UsageError("Give either --url or --connector.");
  }
  if (url !== undefined) {
    if (set.length > 0) throw new UsageError("--set goes with --connector.");
    const parts = header.map((text) => splitAt("header", text, ":"));
    const values = await readValues(parts.map(({ value }) => value.trim()));
    const headers = parts.map(({ name }, index) => ({ name, value: values[index] ?? "" }));
    return { kind: "url", url, headers };
  }
  if (header.length > 0) throw new UsageError("--header goes with --url.");
  const parts = set.map((text) => splitAt("set", text, "="));
  const repeated = parts.find(
    ({ name }, index) => parts.findIndex((part) => part.name === name) < index,
  );
  if (repeated) throw new UsageError(`--set ${repeated.name} is given twice.`);
  const values = await readValues(parts.map(({ value }) => value));
  const settings = Object.fromEntries(parts.map(({ name }, index) => [name, values[index]]));
  // The id is what is stored; the package name is what people copy from elsewhere.
  const id = findConnector(connector ?? "")?.id ?? connector;
  return { kind: "connector", connector: id, settings };
}

function splitAt(option: string, text: string, separator: string): { name: string; value: string } {
  const at = text.indexOf(separator);
  if (at > 0) return { name: text.slice(0, at).trim(), value: text.slice(at + 1) };
  // The text may be a secret in the wrong place, so it is not repeated.
  throw new UsageError(`--${option} is a name and a value with “${separator}” between them.`);
}
