import type { OrgContext } from "#lib/auth/context.ts";
import { requirePermission } from "#lib/auth/permissions.ts";
import { definitionTokens } from "#lib/catalog/tokens.ts";
import { database } from "#lib/db.ts";
import { parseInput } from "#lib/input.ts";
import { compilePolicy } from "#lib/policy/compile.ts";
import { isListed } from "#lib/policy/evaluate.ts";
import { readPolicy } from "#lib/rules/read.ts";
import { storedDocument } from "#lib/rules/stored.ts";
import { ServerInput } from "#lib/servers/schema.ts";
import { parseDefinition } from "#lib/tools/definition.ts";
import { factsOf } from "#lib/tools/facts.ts";

const usedDays = 30;

/** What a server's definitions take of a model's context in every conversation; about, in tokens. */
export interface DefinitionCostDetail {
  /** Of all accepted tools. */
  tokens: number;
  /** Of those that the default policy lets agents see. */
  listedTokens: number;
  /** Tools that agents see and that nobody called in the last 30 days; none while nothing was called. */
  unused: string[];
  unusedTokens: number;
}

/** The cost of a server's definitions and what hiding unused tools would save. */
export async function definitionCost(
  context: OrgContext,
  input: unknown,
): Promise<DefinitionCostDetail> {
  requirePermission(context, "servers.read");
  const { server: slug } = parseInput(ServerInput, input);
  const { server, version } = await readPolicy(context, slug);
  const orgId = context.org.id;
  const [stored, called] = await Promise.all([
    database().tool.findMany({
      where: { orgId, serverId: server.id, state: "accepted" },
      orderBy: { name: "asc" },
    }),
    database().$queryRaw<{ tool: string }[]>`
      select distinct tool from call_counts(${orgId}::uuid, now() - make_interval(days => ${usedDays}::int))
      where server_id = ${server.id}::uuid`,
  ]);
  const policy = compilePolicy(storedDocument(version.document));
  const used = new Set(called.map(({ tool }) => tool));
  const tools = stored.map((tool) => ({
    name: tool.name,
    tokens: definitionTokens(parseDefinition(tool.definition)),
    listed: isListed(policy, factsOf(tool)),
  }));
  const listed = tools.filter((tool) => tool.listed);
  const unused = used.size === 0 ? [] : listed.filter(({ name }) => !used.has(name));
  return {
    tokens: sum(tools),
    listedTokens: sum(listed),
    unused: unused.map(({ name }) => name),
    unusedTokens: sum(unused),
  };
}

function sum(tools: readonly { tokens: number }[]): number {
  return tools.reduce((total, { tokens }) => total + tokens, 0);
}
