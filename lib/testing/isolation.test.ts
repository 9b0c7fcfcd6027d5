// Invariant 7: a tenant is part of every key. Somebody else's row does not exist.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  createAgent,
  getAgent,
  grantServers,
  listAgents,
  revokeAgent,
  rotateAgent,
} from "#lib/agents/agents.ts";
import {
  countPending,
  decideApproval,
  denyApprovals,
  getApproval,
  listApprovals,
} from "#lib/approvals/approvals.ts";
import { listAuditEvents } from "#lib/audit/audit.ts";
import type { OrgContext } from "#lib/auth/context.ts";
import type { Role } from "#lib/auth/permissions.ts";
import { firstCallOf, getCall, listCalls } from "#lib/calls/calls.ts";
import { listCallFacets } from "#lib/calls/facets.ts";
import { AppError } from "#lib/errors.ts";
import { getJob, requestConnectionTest, requestDiscovery, waitForJob } from "#lib/jobs/jobs.ts";
import { listLimitUsage, resetLimit } from "#lib/limits/limits.ts";
import { listMembers } from "#lib/members/members.ts";
import {
  createChannel,
  listChannels,
  removeChannel,
  testChannel,
  updateChannel,
} from "#lib/notifications/channels.ts";
import { listDeliveries } from "#lib/notifications/deliveries.ts";
import { renameOrg } from "#lib/orgs/orgs.ts";
import { orgOverview } from "#lib/orgs/overview.ts";
import { definitionCost } from "#lib/proposals/cost.ts";
import { acceptProposal, readProposal } from "#lib/proposals/proposals.ts";
import { setPolicyCases, testPolicy } from "#lib/rules/cases.ts";
import { listCommandRules, setCommandRules } from "#lib/rules/commands.ts";
import { observeSummary, replayPolicy } from "#lib/rules/replay.ts";
import {
  applyPolicy,
  diffPolicy,
  getPolicy,
  listPolicyVersions,
  setPolicyMode,
  setToolRules,
} from "#lib/rules/rules.ts";
import { tryPolicy } from "#lib/rules/try.ts";
import { diffPolicyVersions, restorePolicyVersion } from "#lib/rules/versions.ts";
import { findAnything } from "#lib/search/search.ts";
import {
  getServer,
  listServers,
  registerServer,
  removeServer,
  updateServer,
} from "#lib/servers/servers.ts";
import {
  acceptTools,
  clearOverride,
  getTool,
  listDefinitions,
  listRemovedTools,
  listTools,
  overrideTool,
  setServerReview,
} from "#lib/tools/tools.ts";
import { expectRefusal } from "./expectations.ts";
import { contextAs, makeOrg } from "./factories.ts";
import { fingerprint, type Inhabited, inhabitedOrg, tracesOf } from "./world.ts";

interface VerbRow {
  // `never`: each verb has an input of its own, and this table knows which.
  verb: (context: OrgContext, input: never, wait: number) => Promise<unknown>;
  /** An input of the org's own, under names that the other org uses as well. */
  own: (org: Inhabited) => unknown;
  /** Inputs with something of the other org: all of them not found. */
  foreign: (other: Inhabited, own: Inhabited) => unknown[];
  /** The strongest role that is refused; null when every member may. */
  refused: Role | null;
}

const nothing = () => [];
const ownServer = ({ shared }: Inhabited) => ({ server: shared.server });
const foreignServer = ({ unique }: Inhabited) => [{ server: unique.server }];
const ownAgent = ({ shared }: Inhabited) => ({ agent: shared.agent });
const foreignAgent = ({ unique }: Inhabited) => [{ agent: unique.agent }];
const document = "version: 1\ndefault: allow\n";
const target = { kind: "url", url: "https://mcp.example.test/mcp", headers: [] };
const deny = { choice: "deny" };
const events = ["approval.requested"];
const lowered = { category: "read", riskClass: "low", note: "Known to be harmless." };

const verbs: VerbRow[] = [
  { verb: orgOverview, own: nothing, foreign: nothing, refused: null },
  {
    verb: renameOrg,
    own: () => ({ name: "Renamed" }),
    foreign: nothing,
    refused: "policy_manager",
  },
  { verb: listMembers, own: nothing, foreign: nothing, refused: null },
  { verb: listAuditEvents, own: () => ({ limit: 200 }), foreign: nothing, refused: "viewer" },

  {
    verb: registerServer,
    own: () => ({ slug: "fresh-server", name: "Fresh", ...target }),
    foreign: nothing,
    refused: "policy_manager",
  },
  { verb: listServers, own: nothing, foreign: nothing, refused: null },
  { verb: getServer, own: ownServer, foreign: foreignServer, refused: null },
  {
    verb: updateServer,
    own: (org) => ({ ...ownServer(org), name: "Other name" }),
    foreign: ({ unique }) => [{ server: unique.server, name: "Taken over" }],
    refused: "policy_manager",
  },
  {
    verb: removeServer,
    own: ({ shared }) => ({ server: shared.server, confirmSlug: shared.server }),
    foreign: ({ unique }) => [{ server: unique.server, confirmSlug: unique.server }],
    refused: "policy_manager",
  },

  {
    verb: requestConnectionTest,
    own: () => ({ target }),
    foreign: nothing,
    refused: "viewer",
  },
  { verb: requestDiscovery, own: ownServer, foreign: foreignServer, refused: "viewer" },
  {
    verb: getJob,
    own: ({ jobId }) => ({ id: jobId }),
    foreign: ({ jobId }) => [{ id: jobId }],
    refused: null,
  },
  {
    verb: waitForJob,
    own: ({ jobId }) => ({ id: jobId }),
    foreign: ({ jobId }) => [{ id: jobId }],
    refused: null,
  },

  { verb: listTools, own: ownServer, foreign: foreignServer, refused: null },
  {
    verb: getTool,
    own: ({ shared }) => ({ server: shared.server, tool: shared.tool }),
    foreign: ({ unique, shared }) => [
      { server: unique.server, tool: unique.tool },
      { server: shared.server, tool: unique.tool },
    ],
    refused: null,
  },
  {
    verb: acceptTools,
    own: ({ shared }) => ({ server: shared.server, tools: [shared.held] }),
    foreign: ({ unique, shared }) => [
      { server: unique.server, tools: [unique.tool] },
      { server: shared.server, tools: [unique.tool] },
    ],
    refused: "viewer",
  },

  { verb: listRemovedTools, own: ownServer, foreign: foreignServer, refused: null },
  {
    verb: listDefinitions,
    own: ({ shared }) => ({ server: shared.server, tool: shared.tool }),
    foreign: ({ unique, shared }) => [
      { server: unique.server, tool: unique.tool },
      { server: shared.server, tool: unique.tool },
    ],
    refused: null,
  },
  {
    verb: overrideTool,
    own: ({ shared }) => ({ server: shared.server, tool: shared.tool, ...lowered }),
    foreign: ({ unique, shared }) => [
      { server: unique.server, tool: unique.tool, ...lowered },
      { server: shared.server, tool: unique.tool, ...lowered },
    ],
    refused: "viewer",
  },
  {
    verb: clearOverride,
    own: ({ shared }) => ({ server: shared.server, tool: shared.tool }),
    foreign: ({ unique, shared }) => [
      { server: unique.server, tool: unique.tool },
      { server: shared.server, tool: unique.tool },
    ],
    refused: "viewer",
  },
  {
    verb: setServerReview,
    own: (org) => ({ ...ownServer(org), trusted: true, acceptsHarmless: true }),
    foreign: ({ unique }) => [{ server: unique.server, trusted: true }],
    refused: "viewer",
  },

  { verb: definitionCost, own: ownServer, foreign: foreignServer, refused: null },
  { verb: readProposal, own: ownServer, foreign: foreignServer, refused: null },
  {
    verb: acceptProposal,
    own: (org) => ({ ...ownServer(org), tools: [org.shared.tool] }),
    foreign: ({ unique, shared }) => [
      { server: unique.server, tools: [unique.tool] },
      { server: shared.server, tools: [unique.tool] },
    ],
    refused: "viewer",
  },

  { verb: getPolicy, own: ownServer, foreign: foreignServer, refused: null },
  { verb: listPolicyVersions, own: ownServer, foreign: foreignServer, refused: null },
  {
    verb: setToolRules,
    own: ({ shared }) => ({ server: shared.server, tools: [shared.tool], rule: deny }),
    foreign: ({ unique, shared }) => [
      { server: unique.server, tools: [unique.tool], rule: deny },
      { server: shared.server, tools: [unique.tool], rule: deny },
    ],
    refused: "viewer",
  },
  {
    verb: applyPolicy,
    own: (org) => ({ ...ownServer(org), text: document }),
    foreign: ({ unique }) => [{ server: unique.server, text: document }],
    refused: "viewer",
  },
  {
    verb: diffPolicy,
    own: (org) => ({ ...ownServer(org), text: document }),
    foreign: ({ unique }) => [{ server: unique.server, text: document }],
    refused: null,
  },
  {
    verb: setPolicyMode,
    own: (org) => ({ ...ownServer(org), mode: "observe" }),
    foreign: ({ unique }) => [{ server: unique.server, mode: "observe" }],
    refused: "viewer",
  },
  {
    verb: diffPolicyVersions,
    own: (org) => ({ ...ownServer(org), from: 1, to: 1 }),
    foreign: ({ unique }) => [{ server: unique.server, from: 1, to: 1 }],
    refused: null,
  },
  {
    verb: restorePolicyVersion,
    own: (org) => ({ ...ownServer(org), version: 1 }),
    foreign: ({ unique }) => [{ server: unique.server, version: 1 }],
    refused: "viewer",
  },
  {
    verb: testPolicy,
    own: (org) => ({ ...ownServer(org), cases: [{ tool: org.shared.tool, expect: "deny" }] }),
    foreign: foreignServer,
    refused: null,
  },
  {
    verb: setPolicyCases,
    own: (org) => ({ ...ownServer(org), cases: [{ tool: "nothing", expect: "deny" }] }),
    foreign: ({ unique }) => [{ server: unique.server, cases: [] }],
    refused: "viewer",
  },
  { verb: listCommandRules, own: ownServer, foreign: foreignServer, refused: null },
  {
    verb: setCommandRules,
    own: (org) => ({ ...ownServer(org), tool: org.shared.split, commands: ["GET"], rule: deny }),
    foreign: ({ unique, shared }) => [
      { server: unique.server, tool: shared.split, commands: ["GET"], rule: deny },
      { server: shared.server, tool: unique.tool, commands: ["GET"], rule: deny },
    ],
    refused: "viewer",
  },
  {
    verb: tryPolicy,
    own: (org) => ({ ...ownServer(org), tool: org.shared.tool, agent: org.shared.agent }),
    foreign: ({ unique, shared }) => [
      { server: unique.server, tool: unique.tool },
      { server: shared.server, tool: shared.tool, agent: unique.agent },
    ],
    refused: null,
  },
  {
    verb: replayPolicy,
    own: (org) => ({ ...ownServer(org), text: document, from: "30d" }),
    foreign: ({ unique }) => [{ server: unique.server, text: document, from: "1h" }],
    refused: null,
  },
  {
    verb: observeSummary,
    own: (org) => ({ ...ownServer(org), from: "30d" }),
    foreign: ({ unique }) => [{ server: unique.server, from: "1h" }],
    refused: null,
  },
  {
    verb: listLimitUsage,
    own: (org) => ({ ...ownServer(org), agent: org.shared.agent }),
    foreign: ({ unique }) => [{ server: unique.server }, { agent: unique.agent }],
    refused: null,
  },
  {
    verb: resetLimit,
    own: (org) => ({ ...ownServer(org), key: org.limitKey }),
    foreign: ({ unique, shared, limitKey }) => [
      { server: unique.server, key: limitKey },
      { server: shared.server, key: limitKey },
    ],
    refused: "viewer",
  },

  {
    verb: createAgent,
    own: ({ shared }) => ({ name: "fresh-agent", servers: [shared.server] }),
    foreign: ({ unique, shared }) => [
      { name: "thief", servers: [unique.server] },
      { name: "thief", servers: [shared.server, unique.server] },
    ],
    refused: "policy_manager",
  },
  { verb: rotateAgent, own: ownAgent, foreign: foreignAgent, refused: "policy_manager" },
  { verb: revokeAgent, own: ownAgent, foreign: foreignAgent, refused: "policy_manager" },
  {
    verb: grantServers,
    own: ({ shared }) => ({ agent: shared.agent, servers: [shared.server] }),
    foreign: ({ unique, shared }) => [
      { agent: unique.agent, servers: [shared.server] },
      { agent: shared.agent, servers: [unique.server] },
    ],
    refused: "policy_manager",
  },
  { verb: listAgents, own: ownServer, foreign: foreignServer, refused: null },
  { verb: getAgent, own: ownAgent, foreign: foreignAgent, refused: null },

  { verb: listApprovals, own: () => ({}), foreign: nothing, refused: null },
  {
    verb: getApproval,
    own: ({ approvalId }) => ({ id: approvalId }),
    foreign: ({ approvalId }) => [{ id: approvalId }],
    refused: null,
  },
  { verb: countPending, own: nothing, foreign: nothing, refused: null },
  {
    verb: denyApprovals,
    own: ({ approvalId }) => ({ ids: [approvalId] }),
    foreign: ({ approvalId }, own) => [
      { ids: [approvalId] },
      { ids: [own.approvalId, approvalId] },
    ],
    refused: "viewer",
  },
  {
    verb: decideApproval,
    own: ({ approvalId }) => ({ id: approvalId, decision: "approve" }),
    foreign: ({ approvalId }) => [
      { id: approvalId, decision: "approve" },
      { id: approvalId, decision: "deny" },
    ],
    refused: "viewer",
  },

  { verb: listChannels, own: nothing, foreign: nothing, refused: "viewer" },
  {
    verb: createChannel,
    own: () => ({ kind: "email", name: "Ops", events, recipients: ["ops@example.test"] }),
    foreign: nothing,
    refused: "policy_manager",
  },
  {
    verb: updateChannel,
    own: ({ channelId }) => ({ id: channelId, enabled: false }),
    foreign: ({ channelId }) => [{ id: channelId, enabled: false }],
    refused: "policy_manager",
  },
  {
    verb: removeChannel,
    own: ({ channelId }) => ({ id: channelId }),
    foreign: ({ channelId }) => [{ id: channelId }],
    refused: "policy_manager",
  },
  {
    verb: testChannel,
    own: ({ channelId }) => ({ id: channelId }),
    foreign: ({ channelId }) => [{ id: channelId }],
    refused: "policy_manager",
  },
  {
    verb: listDeliveries,
    own: ({ channelId }) => ({ channel: channelId }),
    foreign: ({ channelId }) => [{ channel: channelId }],
    refused: "viewer",
  },

  { verb: listCalls, own: () => ({ limit: 500 }), foreign: nothing, refused: null },
  {
    verb: getCall,
    own: ({ callId }) => ({ id: callId }),
    foreign: ({ callId }) => [{ id: callId }],
    refused: null,
  },
  { verb: firstCallOf, own: ownAgent, foreign: foreignAgent, refused: null },

  { verb: listCallFacets, own: () => ({}), foreign: nothing, refused: null },
  { verb: findAnything, own: () => ({ query: "shared" }), foreign: nothing, refused: null },
];

/** Take an OrgContext, but only verbs call them, after their own permission check. */
const helpers = [
  "changeOrg",
  "checklistOf",
  "findServer",
  "loadServerRows",
  "oneServerRow",
  "readPolicy",
  "requirePermission",
  "savePolicy",
  "usersOf",
];

const rows = verbs.map((row) => [row.verb.name, row] as const);
// What a verb refuses must not depend on the types its callers are held to.
const call = ({ verb }: VerbRow, context: OrgContext, input: unknown) =>
  verb(context, input as never, 0);

test("every verb of the product stands in this table", async () => {
  const known = new Set<unknown>(verbs.map(({ verb }) => verb));
  const missing = new Map<unknown, string>();
  for (const file of productFiles()) {
    // Under another name, or taken apart, the parameter would escape the search below.
    const renamed =
      /export (?:async )?function \w+\(\s*(?:(?!context\b)\w+|\{[^}]*\}): OrgContext\b/;
    expect(readFileSync(file, "utf8"), file).not.toMatch(renamed);
    const module: Record<string, unknown> = await import(/* @vite-ignore */ file);
    for (const [name, value] of Object.entries(module)) {
      if (isVerb(value) && !known.has(value) && !helpers.includes(name)) missing.set(value, name);
    }
  }
  expect([...missing.values()]).toEqual([]);
  expect(known.size).toBe(verbs.length);
});

describe("what another org owns does not exist", () => {
  test.each(rows)("%s", async (_, row) => {
    const [own, other] = await Promise.all([inhabitedOrg(), inhabitedOrg()]);
    const [before, ownBefore] = await Promise.all([other, own].map(fingerprintOf));
    for (const input of row.foreign(other, own)) {
      const refusal = await expectRefusal(call(row, own.context, input), "not_found");
      expect(refusal.message).not.toContain(other.context.org.name);
      expect(refusal.message).not.toContain(other.context.org.id);
    }
    expect(await fingerprintOf(own)).toBe(ownBefore);
    expect(await fingerprintOf(other)).toBe(before);
  });
});

describe("what is named alike in another org stays untouched and unseen", () => {
  test.each(rows)("%s", async (_, row) => {
    const [own, other] = await Promise.all([inhabitedOrg(), inhabitedOrg()]);
    const [before, traces] = await Promise.all([fingerprintOf(other), tracesOf(other)]);
    const result = JSON.stringify((await call(row, own.context, inputOf(row, own))) ?? null);
    for (const trace of traces) expect(result).not.toContain(trace);
    expect(await fingerprintOf(other)).toBe(before);
  });
});

describe("a role that may not is refused before anything else is looked at", () => {
  const order: Role[] = ["viewer", "policy_manager", "admin", "owner"];
  test.each(rows)("%s", async (_, row) => {
    const owner = await makeOrg();
    const strongest = row.refused === null ? -1 : order.indexOf(row.refused);
    for (const [rank, role] of order.entries()) {
      const context = await contextAs(owner, role);
      if (rank <= strongest) {
        await expectRefusal(call(row, context, undefined), "forbidden");
      } else {
        expect(await codeOf(call(row, context, null))).not.toBe("forbidden");
      }
    }
    // A role that a later version, or a hand in the database, may bring.
    const unknown = { ...owner, role: "superuser" } as unknown as OrgContext;
    await expectRefusal(call(row, unknown, undefined), "forbidden");
  });
});

test("facets, cursors and searches for what another org has find nothing of it", async () => {
  const [own, other] = await Promise.all([inhabitedOrg(), inhabitedOrg()]);
  const traces = await tracesOf(other);
  const attempts = [
    listCalls(own.context, { agent: other.unique.agent }),
    listCalls(own.context, { server: other.unique.server }),
    listCalls(own.context, { after: other.callId }),
    listCalls(own.context, { before: other.callId }),
    listAuditEvents(own.context, { cursor: other.auditId }),
    listCallFacets(own.context, { server: other.unique.server }),
    findAnything(own.context, { query: other.unique.server }),
    findAnything(own.context, { query: other.unique.tool }),
    findAnything(own.context, { query: other.unique.agent }),
    findAnything(own.context, { query: other.callId }),
  ];
  for (const outcome of await Promise.allSettled(attempts)) {
    if (outcome.status === "rejected") {
      expect(outcome.reason).toMatchObject({ code: "not_found" });
      continue;
    }
    const result = JSON.stringify(outcome.value);
    for (const trace of traces.filter((text) => !attemptsName(text))) {
      expect(result).not.toContain(trace);
    }
  }
  // Cursors come back as given where a page is empty.
  function attemptsName(text: string) {
    return text === other.callId || text === other.auditId;
  }
});

function inputOf(row: VerbRow, own: Inhabited): unknown {
  return row.own === nothing ? undefined : row.own(own);
}

function fingerprintOf({ context }: Inhabited): Promise<string> {
  return fingerprint(context.org.id);
}

async function codeOf(attempt: Promise<unknown>): Promise<string> {
  return attempt.then(
    () => "ok",
    (error: unknown) => {
      if (error instanceof AppError) return error.code;
      throw error;
    },
  );
}

/** The product's modules without its tests, its test tools and what only Next can load. */
function productFiles(): string[] {
  const lib = join(import.meta.dirname, "..");
  return readdirSync(lib, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !/\.test\.ts$|^testing\/|^web\//.test(file))
    .map((file) => join(lib, file));
}

/** By its first parameter, which every verb calls `context`; types are gone by now. */
function isVerb(value: unknown): boolean {
  return (
    typeof value === "function" && /^(async )?function \w*\(\s*context\b/.test(value.toString())
  );
}
