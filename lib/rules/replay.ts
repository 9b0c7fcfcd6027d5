import type { OrgContext } from "#lib/auth/context.ts";
import { requirePermission } from "#lib/auth/permissions.ts";
import { database } from "#lib/db.ts";
import { parseInput } from "#lib/input.ts";
import { evaluateAccess } from "#lib/policy/access.ts";
import { type CompiledPolicy, compilePolicy } from "#lib/policy/compile.ts";
import {
  type Foreseen,
  foresee,
  possibleLimits,
  readsArguments,
} from "#lib/policy/replay/foresee.ts";
import { anyArguments, readShape } from "#lib/policy/replay/shape.ts";
import { type Ending, type ReplayedCall, simulateLimits } from "#lib/policy/replay/simulate.ts";
import type { LimitScope, RateLimitObligation, ToolFacts } from "#lib/policy/types.ts";
import { findServer } from "#lib/servers/find.ts";
import { factsOf } from "#lib/tools/facts.ts";
import { parseDraft } from "./read.ts";
import { decidedAs, endingOf, type RecordedCall, readRecorded } from "./recorded.ts";
import { ObserveSummary, ReplayPolicy } from "./schema.ts";

/** How calls would change; each call counts once. */
export interface ReplayCounts {
  refused: number;
  hidden: number;
  limited: number;
  held: number;
  allowed: number;
  unchanged: number;
  /** Depends on argument values, which are not on record. */
  uncertain: number;
}

export interface ReplayDetail {
  /** How many calls on record were looked at, the newest ones. */
  looked: number;
  /** False: there were more, so the oldest were left out. */
  isComplete: boolean;
  /** Of the oldest call looked at; null when there is none. */
  since: Date | null;
  counts: ReplayCounts;
  /** Most changed first. */
  byAgent: ({ agent: string } & ReplayCounts)[];
  byTool: ({ tool: string } & ReplayCounts)[];
  /** Calls that would end otherwise or might, newest first, at most 200. */
  calls: {
    id: string;
    at: Date;
    agent: string;
    tool: string;
    before: Ending;
    /** Null: not certain. */
    after: Ending | null;
    rule: string | null;
  }[];
}

const mostListed = 200;

/**
 * What a draft would have made of the calls on record, with every limit's window empty at the
 * beginning and the tools as they are classified now. Changes nothing.
 *
 * @throws AppError `invalid_input`: each problem of the draft with its line
 */
export async function replayPolicy(context: OrgContext, input: unknown): Promise<ReplayDetail> {
  requirePermission(context, "calls.read");
  const { server: slug, text, from } = parseInput(ReplayPolicy, input);
  const policy = compilePolicy(parseDraft(text));
  const { id: serverId, policyId } = await findServer(context, slug);
  const orgId = context.org.id;
  const tools = await readTools(orgId, serverId, policy);
  const conditional = [...tools].filter(([, tool]) => tool.always === undefined);
  const since = new Date(Date.now() - from * 1_000);
  const { calls, isComplete } = await readRecorded(
    { orgId, serverId, policyId },
    since,
    conditional.map(([name]) => name),
  );
  const oldestFirst = calls.toReversed();
  const endings = simulateLimits(
    oldestFirst.map((call) => replayed(policy, tools, call, { orgId, serverId })),
  ).toReversed();
  return summarise(
    calls.map((call, index) => {
      const { ending = null, rule = null } = endings[index] ?? {};
      return { call, before: endingOf(call), after: ending, rule };
    }),
    isComplete,
  );
}

/** What enforcing would have done to the calls that the policy only observed, as it was recorded. */
export async function observeSummary(context: OrgContext, input: unknown): Promise<ReplayDetail> {
  requirePermission(context, "calls.read");
  const { server, from } = parseInput(ObserveSummary, input);
  const { id: serverId, policyId } = await findServer(context, server);
  const since = new Date(Date.now() - from * 1_000);
  const ids = { orgId: context.org.id, serverId, policyId };
  const { calls, isComplete } = await readRecorded(ids, since, []);
  const observed = calls.filter((call) => call.observed);
  return summarise(
    observed.map((call) => ({
      call,
      before: endingOf(call),
      after: decidedAs(call.decision, call.approvalId),
      rule: null,
    })),
    isComplete,
  );
}

interface ReplayedTool {
  facts: ToolFacts;
  mayTake: readonly RateLimitObligation[];
  /** What every call of it gets; absent where that depends on arguments. */
  always?: Foreseen | null;
}

async function readTools(
  orgId: string,
  serverId: string,
  policy: CompiledPolicy,
): Promise<Map<string, ReplayedTool>> {
  const tools = await database().tool.findMany({
    where: { orgId, serverId, state: { not: "removed" } },
  });
  return new Map(
    tools.map((tool) => {
      const facts = factsOf(tool);
      const known = { facts, mayTake: possibleLimits(policy, facts) };
      if (readsArguments(policy, tool.name)) return [tool.name, known];
      return [tool.name, { ...known, always: foresee(policy, facts, anyArguments) }];
    }),
  );
}

const hidden: Foreseen = { effect: "hide", rule: "unknown tool", limits: [] };

function replayed(
  policy: CompiledPolicy,
  tools: ReadonlyMap<string, ReplayedTool>,
  call: RecordedCall,
  ids: { orgId: string; serverId: string },
): ReplayedCall {
  const tool = tools.get(call.tool);
  const owner = (per: LimitScope) => {
    switch (per) {
      case "session":
        return call.sessionId ?? call.tokenId;
      case "agent":
        return call.agentId;
      case "server":
        return ids.serverId;
      case "org":
        return ids.orgId;
    }
  };
  const at = call.at.getTime();
  if (call.method !== "tools/call") {
    const kind = call.method === "prompts/get" ? "prompt" : "resource";
    const { effect, rule } = evaluateAccess(policy, { kind, name: call.tool });
    return { at, owner, foreseen: { effect, rule, limits: [] }, mayTake: [] };
  }
  if (tool === undefined) return { at, owner, foreseen: hidden, mayTake: [] };
  const { facts, mayTake, always } = tool;
  const foreseen = always === undefined ? foresee(policy, facts, readShape(call.shape)) : always;
  return { at, owner, foreseen, mayTake };
}

interface Compared {
  call: RecordedCall;
  before: Ending;
  after: Ending | null;
  rule: string | null;
}

function summarise(compared: readonly Compared[], isComplete: boolean): ReplayDetail {
  const counts = none();
  const byAgent = new Map<string, ReplayCounts>();
  const byTool = new Map<string, ReplayCounts>();
  const listed: ReplayDetail["calls"] = [];
  for (const { call, before, after, rule } of compared) {
    const change = changeOf(before, after);
    for (const each of [counts, at(byAgent, call.agent), at(byTool, call.tool)]) each[change]++;
    if (change === "unchanged" || listed.length === mostListed) continue;
    const { id, at: time, agent, tool } = call;
    listed.push({ id, at: time, agent, tool, before, after, rule });
  }
  return {
    looked: compared.length,
    isComplete,
    since: compared.at(-1)?.call.at ?? null,
    counts,
    byAgent: mostChanged(byAgent).map(([agent, each]) => ({ agent, ...each })),
    byTool: mostChanged(byTool).map(([tool, each]) => ({ tool, ...each })),
    calls: listed,
  };
}

function changeOf(before: Ending, after: Ending | null): keyof ReplayCounts {
  if (after === null) return "uncertain";
  if (after === before) return "unchanged";
  const changes = {
    allow: "allowed",
    limit: "limited",
    approve: "held",
    deny: "refused",
    hide: "hidden",
  } as const;
  return changes[after];
}

function none(): ReplayCounts {
  return { refused: 0, hidden: 0, limited: 0, held: 0, allowed: 0, unchanged: 0, uncertain: 0 };
}

function at(counts: Map<string, ReplayCounts>, name: string): ReplayCounts {
  const known = counts.get(name) ?? none();
  counts.set(name, known);
  return known;
}

function mostChanged(counts: ReadonlyMap<string, ReplayCounts>): [string, ReplayCounts][] {
  const changed = (each: ReplayCounts) =>
    each.refused + each.hidden + each.limited + each.held + each.allowed;
  return [...counts].sort(
    ([leftName, left], [rightName, right]) =>
      changed(right) - changed(left) ||
      right.uncertain - left.uncertain ||
      (leftName < rightName ? -1 : 1),
  );
}
