import {
  type ApprovalRow,
  approvedMinutes,
  decideApproval,
  getApproval,
  listApprovals,
} from "#lib/approvals/approvals.ts";
import { operatorContext } from "#lib/orgs/orgs.ts";
import { defineCommand } from "../command.ts";
import { readChoice, readNumber } from "../input.ts";
import { orgOption } from "../options.ts";
import { printable, printableLines, table } from "../output.ts";

const request = { name: "ID", help: "Id of the request, as approvals list shows it" };
const noteOption = { value: "TEXT", help: "A word to the agent" };
const shape =
  "{id, agent, server, tool, arguments, state, requestedAt, expiresAt, rule, ruleReason, decidedBy, decisionNote, …}";

const list = defineCommand({
  name: "approvals list",
  summary: "Show calls that wait for a person, the most dangerous first",
  options: {
    org: orgOption,
    state: { value: "STATE", help: "pending, decided or all; pending unless given" },
    limit: { value: "N", help: "How many, 1 to 200; 100 unless given" },
  },
  json: `[${shape}]`,
  async run({ org, state, limit }) {
    const wanted = readChoice("state", state, ["pending", "decided", "all"]) ?? "pending";
    const json = await listApprovals(await operatorContext(org), {
      state: wanted === "all" ? undefined : wanted,
      limit: readNumber("limit", limit),
    });
    const rows = json.map((row) => [
      row.id,
      row.agent,
      row.server,
      row.tool,
      row.riskClass,
      row.state,
      row.expiresAt.toISOString(),
    ]);
    const headings = ["ID", "AGENT", "SERVER", "TOOL", "RISK", "STATE", "EXPIRES"];
    return { json, text: table(headings, rows) };
  },
});

const show = defineCommand({
  name: "approvals show",
  summary: "Show one request with exactly what will run",
  options: { org: orgOption },
  operand: request,
  json: shape,
  async run({ org }, id) {
    const row = await getApproval(await operatorContext(org), { id });
    return { json: row, text: describeRequest(row) };
  },
});

const approve = defineCommand({
  name: "approvals approve",
  summary: `Let one call run, once, within ${approvedMinutes} minutes`,
  options: { org: orgOption, note: noteOption },
  operand: request,
  json: shape,
  run: ({ org, note }, id) => decide(org, { id, decision: "approve", note }),
});

const deny = defineCommand({
  name: "approvals deny",
  summary: "Refuse one call",
  options: { org: orgOption, note: { ...noteOption, alias: "reason" } },
  operand: request,
  json: shape,
  run: ({ org, note }, id) => decide(org, { id, decision: "deny", note }),
});

export const commands = [list, show, approve, deny];

async function decide(
  org: string,
  input: { id: string; decision: "approve" | "deny"; note: string | undefined },
) {
  const row = await decideApproval(await operatorContext(org), input);
  const text = `${row.tool} of ${row.agent} on ${row.server} is ${row.state}.`;
  return { json: row, text: printable(text) };
}

function describeRequest(row: ApprovalRow): string {
  const decided = row.decidedAt && `${row.decidedBy ?? "–"} at ${row.decidedAt.toISOString()}`;
  const facts: [string, string | null][] = [
    ["Request", row.id],
    ["State", row.state],
    ["Agent", row.agent],
    ["Server", `${row.serverName} (${row.server})`],
    ["Tool", row.tool],
    ["Class", row.category && `${row.category}, ${row.riskClass} risk: ${row.rationale}`],
    ["Rule", row.ruleReason === null ? row.rule : `${row.rule}: ${row.ruleReason}`],
    ["Requested", row.requestedAt.toISOString()],
    ["Expires", row.expiresAt.toISOString()],
    ["Decided", decided],
    ["Note", row.decisionNote],
  ];
  const lines = facts.flatMap(([label, value]) =>
    value === null ? [] : [`${label.padEnd(10)}  ${printable(value)}`],
  );
  // Escaped: nothing in an argument may hide another from whoever decides.
  const shown = printableLines(JSON.stringify(row.arguments, null, 2));
  return [...lines, "Arguments", shown].join("\n");
}
