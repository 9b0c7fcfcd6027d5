import { createAgent, type IssuedAgent, revokeAgent, rotateAgent } from "#lib/agents/agents.ts";
import { operatorContext } from "#lib/orgs/orgs.ts";
import { defineCommand, type Outcome, UsageError } from "../command.ts";
import { orgOption } from "../options.ts";

const nameOption = {
  value: "AGENT",
  help: "The agent's name, such as ci-runner",
  required: true,
  alias: "agent",
} as const;
const expiresOption = { value: "DAYS", help: "When the token lapses: 30d; never unless given" };
const tokenNote =
  "The token is shown here and never again; only its digest is kept. Put it straight where it is needed:\n" +
  "  callgate agent create --org acme --name ci-runner --server billing --json | jq -r .token";

const create = defineCommand({
  name: "agent create",
  summary: "Create an agent that may use some servers, with its token",
  options: {
    org: orgOption,
    name: nameOption,
    server: { value: "SERVER", help: "Slug of a server it may use", required: true, repeat: true },
    expires: expiresOption,
  },
  notes: tokenNote,
  json: "{id, name, token, expiresAt, servers: [{slug, proxyUrl}], aggregateUrl}",
  async run({ org, name, server, expires }) {
    const expiresInDays = readDays(expires);
    const context = await operatorContext(org);
    return issued(await createAgent(context, { name, servers: [...server], expiresInDays }));
  },
});

const rotate = defineCommand({
  name: "agent rotate",
  summary: "Give an agent a new token; the old ones are refused from now on",
  options: { org: orgOption, name: nameOption, expires: expiresOption },
  notes: tokenNote,
  json: "{id, name, token, expiresAt, servers: [{slug, proxyUrl}], aggregateUrl}",
  async run({ org, name, expires }) {
    const expiresInDays = readDays(expires);
    return issued(await rotateAgent(await operatorContext(org), { agent: name, expiresInDays }));
  },
});

const revoke = defineCommand({
  name: "agent revoke",
  summary: "End an agent for good; its tokens and sessions are refused from now on",
  options: { org: orgOption, name: nameOption },
  json: "{name, revokedAt}",
  async run({ org, name }) {
    const { revokedAt } = await revokeAgent(await operatorContext(org), { agent: name });
    return {
      json: { name, revokedAt },
      text: `${name} is revoked since ${revokedAt.toISOString()}.`,
    };
  },
});

export const commands = [create, rotate, revoke];

function issued(agent: IssuedAgent): Outcome {
  const lines = [
    agent.token,
    "",
    `Token of ${agent.name}, shown only now. ${agent.expiresAt ? `It lapses at ${agent.expiresAt.toISOString()}.` : "It does not lapse."}`,
    ...agent.servers.map(({ slug, proxyUrl }) => `  ${slug}: ${proxyUrl}`),
    `  all its servers: ${agent.aggregateUrl}`,
  ];
  return { json: agent, text: lines.join("\n") };
}

function readDays(text: string | undefined): number | null {
  if (text === undefined) return null;
  const days = Number(/^([0-9]{1,3})d$/.exec(text)?.[1] ?? 0);
  if (days >= 1 && days <= 365) return days;
  throw new UsageError(`--expires takes days from 1d to 365d, such as 30d, not “${text}”.`);
}
