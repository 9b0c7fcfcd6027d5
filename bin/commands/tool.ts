import { operatorContext } from "#lib/orgs/orgs.ts";
import type { Choice } from "#lib/policy/effective.ts";
import { listTools } from "#lib/tools/tools.ts";
import { defineCommand } from "../command.ts";
import { orgOption, serverOption } from "../options.ts";
import { table } from "../output.ts";

export const commands = [
  defineCommand({
    name: "tool list",
    summary: "Show a server's tools with their class and what the policy does with them",
    options: { org: orgOption, server: serverOption },
    notes:
      "The action is what a call gets when no condition is met; an asterisk (in JSON “conditions”, their\n" +
      "number) says that conditions may decide otherwise. A held tool is not offered until it is accepted.",
    json: "[{name, category, riskClass, confidence, signals, action, rateLimit, rule, conditions, state}]",
    async run({ org, server }) {
      const tools = await listTools(await operatorContext(org), { server });
      const json = tools.map(({ name, category, riskClass, confidence, signals, state, rule }) => ({
        name,
        category,
        riskClass,
        confidence,
        signals,
        action: actions[rule.choice],
        rateLimit: rule.rateLimit ?? null,
        rule: rule.rule,
        conditions: rule.conditionCount,
        state,
      }));
      const rows = json.map((tool) => [
        tool.name,
        tool.category,
        tool.riskClass,
        describeAction(tool),
        tool.state,
        tool.signals.join(", "),
      ]);
      const headings = ["TOOL", "CATEGORY", "RISK", "ACTION", "STATE", "SIGNALS"];
      return { json, text: table(headings, rows) };
    },
  }),
];

/** The words of the policy document; a limit is not an action there but goes with one. */
const actions: Readonly<Record<Choice, string>> = {
  allow: "allow",
  limit: "allow",
  approve: "require_approval",
  deny: "deny",
  hide: "hide",
};

function describeAction(tool: {
  action: string;
  rateLimit: { max: number; window: number } | null;
  conditions: number;
}): string {
  const limit = tool.rateLimit === null ? "" : ` ${tool.rateLimit.max}/${tool.rateLimit.window}s`;
  return `${tool.action}${limit}${tool.conditions === 0 ? "" : " *"}`;
}
