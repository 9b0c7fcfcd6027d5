import type { OrgContext } from "#lib/auth/context.ts";
import { requirePermission } from "#lib/auth/permissions.ts";
import { database } from "#lib/db.ts";
import { AppError } from "#lib/errors.ts";
import { parseInput } from "#lib/input.ts";
import type { EffectiveRule } from "#lib/policy/effective.ts";
import {
  type CommandRow,
  commandRows,
  type Split,
  setCommandRule,
  splitOf,
} from "#lib/policy/split/split.ts";
import { findConnector } from "#lib/servers/connectors.ts";
import { ServerInput } from "#lib/servers/schema.ts";
import { factsOf } from "#lib/tools/facts.ts";
import { savePolicy } from "./change.ts";
import { readPolicy } from "./read.ts";
import { requireTools, toChoice } from "./rules.ts";
import { SetCommandRules } from "./schema.ts";
import { storedDocument } from "./stored.ts";

/** A multi-purpose tool with one row for each of its commands. */
export interface SplitTool {
  tool: string;
  /** The argument that names the command, and the list that continues it. */
  path: string;
  joinedWith: string | null;
  commands: CommandRow[];
  /** What holds for every command without a rule of its own, unknown ones included. */
  others: EffectiveRule;
}

/** The tools of a server that divide into commands, by name, with what holds for each command. */
export async function listCommandRules(context: OrgContext, input: unknown): Promise<SplitTool[]> {
  requirePermission(context, "servers.read");
  const { server: slug } = parseInput(ServerInput, input);
  const { server, version } = await readPolicy(context, slug);
  const tools = await database().tool.findMany({
    where: { orgId: context.org.id, serverId: server.id, state: { not: "removed" } },
    orderBy: { name: "asc" },
  });
  const document = storedDocument(version.document);
  return tools.flatMap((tool) => {
    const split = splitFor(server, tool.name);
    if (split === null) return [];
    const { path, joinedWith } = split;
    const rows = commandRows(document, factsOf(tool), split);
    return [{ tool: tool.name, path, joinedWith, ...rows }];
  });
}

/**
 * Sets one rule for all commands named, as one new version; it holds from this commit on. What held
 * for the tool becomes the rule for all other commands.
 *
 * @returns what now holds for the commands of this tool
 * @throws AppError `not_found` for a tool that the server does not have or that has no commands
 */
export async function setCommandRules(
  context: OrgContext,
  input: unknown,
): Promise<{ version: number } & SplitTool> {
  requirePermission(context, "rules.write");
  const { server: slug, tool, commands, rule } = parseInput(SetCommandRules, input);
  const names = [...new Set(commands)];
  const { server } = await readPolicy(context, slug);
  const split = splitFor(server, tool);
  const saved = await savePolicy(context, slug, {
    edit: async (document, serverId, transaction) => {
      await requireTools(transaction, context, { id: serverId, slug }, [tool]);
      if (split === null) {
        throw new AppError(
          "not_found",
          `${tool} of ${slug} is not known to have commands. Write conditions in the policy instead.`,
        );
      }
      return setCommandRule(document, tool, split, names, rule && toChoice(rule));
    },
    note: `${tool}: ${names.length > 3 ? `${names.length} commands` : names.join(", ")}: ${rule?.choice ?? "own rule removed"}`,
    entry: { action: "rule.set", detail: { tools: [tool], commands: names, rule } },
  });
  const stored = await database().tool.findUniqueOrThrow({
    where: {
      orgId_serverId_name: { orgId: context.org.id, serverId: saved.serverId, name: tool },
    },
  });
  if (split === null) throw new Error("checked before the save");
  const { path, joinedWith } = split;
  const rows = commandRows(saved.document, factsOf(stored), split);
  return { version: saved.version, tool, path, joinedWith, ...rows };
}

/** By the package that a connector starts, or by the name a server elsewhere gives itself. */
function splitFor(
  server: { connector: string | null; serverInfo: unknown },
  tool: string,
): Split | null {
  const connector = server.connector === null ? undefined : findConnector(server.connector);
  if (connector !== undefined) return splitOf(connector.package, tool);
  const info = server.serverInfo;
  const name = typeof info === "object" && info !== null && "name" in info ? info.name : null;
  return typeof name === "string" ? splitOf(name, tool) : null;
}
