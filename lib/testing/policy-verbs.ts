import { listLimitUsage, resetLimit } from "#lib/limits/limits.ts";
import { testPolicy } from "#lib/rules/cases.ts";
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
import { foreignServer, ownServer, type VerbRow } from "./verb-row.ts";

const document = "version: 1\ndefault: allow\n";
const deny = { choice: "deny" };

/** The verbs of policies and limits. */
export const policyVerbs: VerbRow[] = [
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
];
