import { asList, type PolicyDocument, type Rule } from "#lib/policy/document.ts";
import type { ToolChoice } from "#lib/policy/edit.ts";
import { type Split, type SplitCommand, setCommandRule, splitOf } from "#lib/policy/split/split.ts";
import { toolKeyOf } from "#lib/policy/tool-key.ts";
import type { RateLimit } from "#lib/policy/types.ts";
import type { ToolDefinition } from "./types.ts";

/** As a proposal's line: a tool, its rules and why. */
interface CuratedLine {
  tool: string;
  rule: Rule[];
  reason: string;
}

const valkeyPackage = "awslabs.valkey-mcp-server";

/** Why each tool of the Valkey server that takes commands is divided; only these are. */
const VALKEY_REASONS: ReadonlyMap<string, string> = new Map([
  [
    "valkey_admin",
    "By command: what empties, stops, reconfigures or scripts the server is denied, the rest waits for a person; its confirm argument is set by the agent itself.",
  ],
  [
    "valkey_write",
    "By command: 24 of its 74 commands remove data, whatever its description says, and wait for a person; those that add or change pass within a limit.",
  ],
  [
    "valkey_read",
    "By command: reading passes within a limit, KEYS does not, because it holds up everyone while it walks through all keys.",
  ],
  [
    "manage_index",
    "By action: looking passes, creating is limited, dropping an index waits for a person.",
  ],
]);

const VALKEY_TOOLS = ["valkey_read", "valkey_write", "valkey_admin"];

/** The tools whose presence on a server decides which curated lines there are. */
export const curatedTools: readonly string[] = [
  ...new Set([...VALKEY_TOOLS, ...VALKEY_REASONS.keys()]),
];

/** An expiry in the past removes the key at once. */
const REMOVES_WHEN_PAST: ReadonlySet<string> = new Set([
  "EXPIRE",
  "EXPIREAT",
  "PEXPIRE",
  "PEXPIREAT",
]);

const limit = (max: number): RateLimit => ({ max, window: 60, per: "agent" });

/**
 * Lines for servers whose tools take commands, so that one rule for the tool says too little: one
 * rule for each kind of command; a command that nobody knows falls to the default. Only for a server
 * that offers the tools they are about. By tool name.
 */
export function curatedProposal(
  tools: readonly Pick<ToolDefinition, "name">[],
): ReadonlyMap<string, CuratedLine> {
  const offered = new Set(tools.map(({ name }) => name));
  const isValkey = VALKEY_TOOLS.every((name) => offered.has(name));
  const lines = [...(isValkey ? VALKEY_REASONS : [])].flatMap(([tool, reason]): CuratedLine[] => {
    const split = offered.has(tool) ? splitOf(valkeyPackage, tool) : null;
    return split === null ? [] : [{ tool, rule: rulesFor(tool, split), reason }];
  });
  return new Map(lines.map((line) => [line.tool, line]));
}

function rulesFor(tool: string, split: Split): Rule[] {
  const groups = new Map<string, { choice: ToolChoice; commands: string[] }>();
  for (const command of split.commands) {
    const choice = choiceFor(tool, command);
    const key = JSON.stringify(choice);
    const group = groups.get(key) ?? { choice, commands: [] };
    groups.set(key, { choice, commands: [...group.commands, command.command] });
  }
  let document: PolicyDocument = { version: 1, default: "deny" };
  for (const { choice, commands } of groups.values()) {
    document = setCommandRule(document, tool, split, commands, choice);
  }
  return [...asList<Rule>(document.tools?.[toolKeyOf(tool)])];
}

function choiceFor(tool: string, { command, category, riskClass }: SplitCommand): ToolChoice {
  if (tool === "valkey_admin") {
    if (riskClass !== "critical") return { choice: "approve" };
    return { choice: "deny", reason: "This is not for agents. Ask whoever runs the server." };
  }
  if (command === "KEYS") {
    return { choice: "deny", reason: "KEYS holds up everyone. Use SCAN." };
  }
  if (REMOVES_WHEN_PAST.has(command)) return { choice: "approve" };
  switch (category) {
    case "read":
      return { choice: "limit", rateLimit: limit(600) };
    case "write":
      return riskClass === "medium"
        ? { choice: "limit", rateLimit: limit(120) }
        : { choice: "limit", rateLimit: limit(10) };
    case "execute":
    case "destructive":
    case "financial":
      return { choice: "approve" };
  }
}
