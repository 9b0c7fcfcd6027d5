import { listCalls } from "#lib/calls/calls.ts";
import { decisions, outcomes } from "#lib/calls/schema.ts";
import { operatorContext } from "#lib/orgs/orgs.ts";
import { defineCommand } from "../command.ts";
import { readChoice, readNumber } from "../input.ts";
import { orgOption } from "../options.ts";
import { table } from "../output.ts";

export const commands = [
  defineCommand({
    name: "calls list",
    summary: "Show the record of calls, newest first",
    options: {
      org: orgOption,
      limit: { value: "N", help: "How many, 1 to 500; 50 unless given" },
      before: { value: "ID", help: "Only calls older than this one: the last id of a page" },
      agent: { value: "AGENT", help: "Only calls of this agent" },
      server: { value: "SERVER", help: "Only calls to this server, by its slug" },
      tool: { value: "TOOL", help: "Only calls of this tool" },
      decision: { value: "DECISION", help: `Only ${decisions.join(", ")}` },
      outcome: { value: "OUTCOME", help: `Only ${outcomes.join(", ")}` },
    },
    notes:
      "upstreamMs is how long the server took, addedMs what Callgate added; both are empty for calls\n" +
      "that were not forwarded. “observed” calls were forwarded whatever the decision says.",
    json: "[{id, at, agent, server, method, tool, decision, observed, rule, reason, outcome, upstreamMs, addedMs}]",
    async run({ org, limit, decision, outcome, ...facets }) {
      const input = {
        ...facets,
        limit: readNumber("limit", limit),
        decision: readChoice("decision", decision, decisions),
        outcome: readChoice("outcome", outcome, outcomes),
      };
      const { calls } = await listCalls(await operatorContext(org), input);
      const json = calls.map((call) => ({
        id: call.id,
        at: call.at,
        agent: call.agent,
        server: call.serverSlug,
        method: call.method,
        tool: call.tool,
        decision: call.decision,
        observed: call.observed,
        rule: call.rule,
        reason: call.reason,
        outcome: call.outcome,
        upstreamMs: call.upstreamMs,
        addedMs: call.addedMs,
      }));
      const rows = json.map((call) => [
        call.at.toISOString(),
        call.agent,
        call.server,
        call.method === "tools/call" ? call.tool : `${call.method} ${call.tool}`,
        call.observed ? `${call.decision} (observed)` : call.decision,
        call.rule,
        call.outcome,
        milliseconds(call.upstreamMs),
        milliseconds(call.addedMs),
      ]);
      const headings = ["AT", "AGENT", "SERVER", "TOOL", "DECISION", "RULE", "OUTCOME"];
      return { json, text: table([...headings, "UPSTREAM MS", "ADDED MS"], rows) };
    },
  }),
];

function milliseconds(value: number | null): string | null {
  return value === null ? null : value.toFixed(2);
}
