import { noSuchAgent } from "#lib/agents/find.ts";
import type { OrgContext } from "#lib/auth/context.ts";
import { requirePermission } from "#lib/auth/permissions.ts";
import { database } from "#lib/db.ts";
import { parseInput } from "#lib/input.ts";
import { evaluateAccess } from "#lib/policy/access.ts";
import { type Expectation, expectationOf } from "#lib/policy/cases.ts";
import { compilePolicy } from "#lib/policy/compile.ts";
import type { PolicyDocument } from "#lib/policy/document.ts";
import { evaluate } from "#lib/policy/evaluate.ts";
import { survivesReconnect } from "#lib/policy/limits.ts";
import type {
  AccessTarget,
  ApprovalOptions,
  Decision,
  JsonObject,
  LimitScope,
} from "#lib/policy/types.ts";
import { factsOf } from "#lib/tools/facts.ts";
import { parseDraft, readPolicy } from "./read.ts";
import { TryPolicy } from "./schema.ts";
import { storedDocument } from "./stored.ts";

/** What a call would end in. Nothing was executed, counted or recorded. */
export interface TrialDetail {
  decision: Expectation;
  rule: string;
  reason: string | null;
  explanation: string;
  /** What would be counted, in the order in which slots are taken. */
  limits: {
    rule: string;
    max: number;
    windowSeconds: number;
    per: LimitScope;
    survivesReconnect: boolean;
  }[];
  /** How it would be approved; null when nobody is asked. */
  approval: ApprovalOptions | null;
  /** What else stands in the way or changes the answer, as sentences. */
  notes: string[];
}

/** Decides one call as the proxy would, by the policy in force or by a draft. */
export async function tryPolicy(context: OrgContext, input: unknown): Promise<TrialDetail> {
  requirePermission(context, "servers.read");
  const {
    server: slug,
    tool,
    prompt,
    resource,
    agent,
    text,
    ...call
  } = parseInput(TryPolicy, input);
  const { server, policy, version } = await readPolicy(context, slug);
  const notes: string[] = [];
  const grant = agent === undefined ? null : await readGrant(context, server.id, agent);
  if (agent !== undefined && grant === null) {
    notes.push(`${agent} has no access to ${slug}, so its calls never get this far.`);
  }
  const own = grant?.policy ?? null;
  const document =
    text !== undefined ? parseDraft(text) : storedDocument((own ?? version).document);
  if (own !== null) {
    notes.push(
      text === undefined
        ? `${agent} is under the policy ${own.name} on this server; that one was asked.`
        : `${agent} is under the policy ${own.name} on this server, so this draft would not decide its calls.`,
    );
  }
  if ((own ?? policy).mode === "observe") {
    notes.push("The policy only observes: the call would be forwarded whatever this says.");
  }
  const decision =
    tool === undefined
      ? tryAccess(document, prompt, resource)
      : await tryTool(context, server.id, document, tool, call.arguments as JsonObject, notes); // parsed JSON
  return { ...described(decision), notes };
}

function tryAccess(
  document: PolicyDocument,
  prompt: string | undefined,
  resource: string | undefined,
): Decision {
  const target: AccessTarget =
    prompt === undefined
      ? { kind: "resource", name: resource ?? "" }
      : { kind: "prompt", name: prompt };
  return evaluateAccess(compilePolicy(document), target);
}

async function tryTool(
  context: OrgContext,
  serverId: string,
  document: PolicyDocument,
  name: string,
  args: JsonObject,
  notes: string[],
): Promise<Decision> {
  const stored = await database().tool.findUnique({
    where: { orgId_serverId_name: { orgId: context.org.id, serverId, name } },
  });
  if (stored === null) {
    const explanation = "The server has no accepted tool of this name.";
    return { effect: "hide", rule: "unknown tool", reason: null, explanation, obligations: [] };
  }
  if (stored.state !== "accepted") {
    notes.push(
      stored.state === "held"
        ? "The tool is held for review: until somebody accepts it, agents do not see it."
        : "The server no longer offers this tool.",
    );
  }
  return evaluate(compilePolicy(document), { tool: factsOf(stored), arguments: args });
}

function described(decision: Decision): Omit<TrialDetail, "notes"> {
  const { rule, reason, explanation, obligations } = decision;
  const approval = obligations.find((each) => each.kind === "approval");
  return {
    decision: expectationOf(decision),
    rule,
    reason,
    explanation,
    limits: obligations.flatMap((each) => {
      if (each.kind !== "rate_limit") return [];
      const { rule: setBy, max, windowSeconds, per } = each;
      return [{ rule: setBy, max, windowSeconds, per, survivesReconnect: survivesReconnect(per) }];
    }),
    approval: approval?.kind === "approval" ? approval.options : null,
  };
}

/** The agent's grant with the policy that it names, in its version in force; null without one. */
async function readGrant(context: OrgContext, serverId: string, agentName: string) {
  const orgId = context.org.id;
  const agent = await database().agent.findUnique({
    where: { orgId_name: { orgId, name: agentName } },
    select: { grants: { where: { serverId }, include: { policy: true } } },
  });
  if (agent === null) throw noSuchAgent(context, agentName);
  const [grant] = agent.grants;
  if (grant === undefined) return null;
  if (grant.policy === null) return { policy: null };
  const { id: policyId, version, name, mode } = grant.policy;
  const { document } = await database().policyVersion.findUniqueOrThrow({
    where: { orgId_policyId_version: { orgId, policyId, version } },
  });
  return { policy: { name, mode, document } };
}
