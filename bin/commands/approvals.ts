import {
  type ApprovalRow,
  approvedMinutes,
  decideApproval,
  getApproval,
  listApprovals,
} from "#lib/approvals/approvals.ts";
import { approvalStates } from "#lib/approvals/schema.ts";
import { operatorContext } from "#lib/orgs/orgs.ts";
import { defineCommand } from "../command.ts";
import { readChoice, readNumber } from "../input.ts";
import { orgOption } from "../options.ts";
import { printable, printableLines, table } from "../output.ts";

const request = { name: "ID", help: "Id of the request, as approvals list shows it" };
const noteOption = { value: "TEXT", help: "A word to the agent" };
const shape =
  "{id, agent, agentOwner, server, tool, arguments, state, requestedAt, expiresAt, rule, ruleReason, explanation, message, approvers, excluded, votesNeeded, votes, decidedBy, decisionNote, …}";
const states = ["pending", "decided", "all", ...approvalStates.slice(1)] as const;

const list = defineCommand({
  name: "approvals list",
  summary: "Show calls that wait for a person, the most dangerous first",
  options: {
    org: orgOption,
    state: { value: "STATE", help: `${states.join(", ")}; pending unless given` },
    agent: { value: "AGENT", help: "Only requests of this agent" },
    server: { value: "SERVER", help: "Only requests for this server, by its slug" },
    tool: { value: "TOOL", help: "Only requests for this tool" },
    before: { value: "ID", help: "Only requests older than this one: the last id of a page" },
    limit: { value: "N", help: "How many, 1 to 200; 100 unless given" },
  },
  json: `[${shape}]`,
  async run({ org, state, limit, ...filters }) {
    const wanted = readChoice("state", state, states) ?? "pending";
    const json = await listApprovals(await operatorContext(org), {
      ...filters,
      state: wanted === "all" ? undefined : wanted,
      limit: readNumber("limit", limit),
    });
    const rows = json.map((row) => [
      row.id,
      row.agent,
      row.server,
      row.tool,
      row.riskClass,
      row.votesNeeded > 1 ? `${row.state} (${givenOf(row)})` : row.state,
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
    const { standing, ...row } = await getApproval(await operatorContext(org), { id });
    return { json: row, text: describeRequest(row, standing.obstacle) };
  },
});

const approve = defineCommand({
  name: "approvals approve",
  summary: `Let one call run, once, within ${approvedMinutes} minutes or its rule's own time`,
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
  const given = row.state === "pending" ? ` (${givenOf(row)} approvals given)` : "";
  const text = `${row.tool} of ${row.agent} on ${row.server} is ${row.state}${given}.`;
  return { json: row, text: printable(text) };
}

function givenOf({ votes, votesNeeded }: ApprovalRow): string {
  return `${votes.filter(({ decision }) => decision === "approve").length} of ${votesNeeded}`;
}

function describeRequest(row: ApprovalRow, obstacle: string | null): string {
  const decided = row.decidedAt && `${row.decidedBy ?? "–"} at ${row.decidedAt.toISOString()}`;
  const facts: [string, string | null][] = [
    ["Request", row.id],
    ["State", row.state],
    ["Agent", row.agentOwner === null ? row.agent : `${row.agent}, of ${row.agentOwner}`],
    ["Client", row.client],
    ["Server", `${row.serverName} (${row.server})`],
    ["Tool", row.tool],
    ["Class", row.category && `${row.category}, ${row.riskClass} risk: ${row.rationale}`],
    ["Rule", row.ruleReason === null ? row.rule : `${row.rule}: ${row.ruleReason}`],
    ["Why", row.explanation || null],
    ["Message", row.message],
    ["Approvals", row.votesNeeded > 1 ? givenOf(row) : null],
    ["You", row.state === "pending" ? obstacle : null],
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
