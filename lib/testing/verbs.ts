import {
  createAgent,
  getAgent,
  grantServers,
  listAgents,
  revokeAgent,
  rotateAgent,
} from "#lib/agents/agents.ts";
import { listRefusedRequests } from "#lib/agents/refused.ts";
import {
  countPending,
  decideApproval,
  denyApprovals,
  getApproval,
  listApprovals,
} from "#lib/approvals/approvals.ts";
import { listAuditEvents } from "#lib/audit/audit.ts";
import { firstCallOf, getCall, listCalls } from "#lib/calls/calls.ts";
import { listCallFacets } from "#lib/calls/facets.ts";
import { getJob, requestConnectionTest, requestDiscovery, waitForJob } from "#lib/jobs/jobs.ts";
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
import { readOrgSettings, setMinimumRevision } from "#lib/orgs/settings.ts";
import { definitionCost } from "#lib/proposals/cost.ts";
import { acceptProposal, readProposal } from "#lib/proposals/proposals.ts";
import { findAnything } from "#lib/search/search.ts";
import {
  getServer,
  listServers,
  registerServer,
  removeServer,
  updateServer,
} from "#lib/servers/servers.ts";
import { listToolTable } from "#lib/tools/table.ts";
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
import { policyVerbs } from "./policy-verbs.ts";
import { foreignServer, nothing, ownServer, type VerbRow } from "./verb-row.ts";
import type { Inhabited } from "./world.ts";

const ownAgent = ({ shared }: Inhabited) => ({ agent: shared.agent });
const foreignAgent = ({ unique }: Inhabited) => [{ agent: unique.agent }];
const target = { kind: "url", url: "https://mcp.example.test/mcp", headers: [] };
const events = ["approval.requested"];
const lowered = { category: "read", riskClass: "low", note: "Known to be harmless." };

/** Every verb of the product; the isolation tests fail for one that is missing. */
export const verbs: VerbRow[] = [
  { verb: orgOverview, own: nothing, foreign: nothing, refused: null },
  {
    verb: renameOrg,
    own: () => ({ name: "Renamed" }),
    foreign: nothing,
    refused: "policy_manager",
  },
  { verb: readOrgSettings, own: nothing, foreign: nothing, refused: null },
  {
    verb: setMinimumRevision,
    own: () => ({ minimumRevision: "2025-06-18" }),
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
  { verb: listToolTable, own: ownServer, foreign: foreignServer, refused: null },
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

  ...policyVerbs,

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
  { verb: listRefusedRequests, own: ownAgent, foreign: foreignAgent, refused: null },

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
