import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { examplePolicy } from "#lib/docs/example-policy.ts";
import { conditionOperators, policyBlocks } from "#lib/docs/policy-fields.ts";
import { refusals } from "#lib/docs/refusals.ts";
import { readSettings } from "#lib/docs/settings.ts";
import { parsePolicy } from "#lib/policy/parse.ts";
import {
  approvalAnswer,
  crowdedAnswer,
  deniedAnswer,
  limitedAnswer,
  notPermittedAnswer,
  unknownToolAnswer,
  upstreamFailedAnswer,
} from "#proxy/answer/answers.ts";
import { refuseGreeting } from "#proxy/receive/minimum.ts";

const root = resolve(import.meta.dirname, "..");
const text = (...path: string[]) => readFileSync(join(root, ...path), "utf8");

const access = {
  orgId: "",
  orgSlug: "acme",
  tokenId: "",
  agentId: "",
  agentName: "ci-runner",
  minimumRevision: null,
  serverId: "",
  serverSlug: "valkey",
  serverName: "Valkey",
  revision: 1,
  policyId: "",
  session: null,
};

function refused(decision: "denied" | "limited" | "approval", rule: string, reason: string | null) {
  const recorded = {
    kind: "recorded" as const,
    decision,
    forward: false,
    rule,
    reason,
    retryAfterMs: 16_400,
    limit: { max: 10, windowSeconds: 60 },
    approvalId: "0200",
  };
  return { id: 1, access, tool: "valkey_write", callId: "0199", recorded };
}

/** What each documented refusal really says, from the functions that say it. */
const spoken = new Map<string, unknown>([
  ["denied", deniedAnswer(refused("denied", "tools.valkey_write[0]", "Ask #platform first."))],
  ["rate-limited", limitedAnswer(refused("limited", "tools.valkey_write", null))],
  [
    "approval-required",
    approvalAnswer(refused("approval", "tools.valkey_write", null), "https://callgate.example"),
  ],
  [
    "approvals-full",
    crowdedAnswer(
      refused("denied", "tools.valkey_write", "20 calls of this agent wait for a person already."),
    ),
  ],
  ["unknown-tool", unknownToolAnswer(1, "valkey_admin")],
  [
    "not-permitted",
    notPermittedAnswer(
      1,
      access,
      { kind: "resource", name: "file:///etc/passwd" },
      { rule: "resources.file:///etc/*", reason: "Ask #platform first.", callId: "0199" },
    ),
  ],
  [
    "upstream",
    upstreamFailedAnswer(1, access, "0199", { code: "timeout", bytesSent: true, message: "" }),
  ],
  ["revision", refuseGreeting({ id: 1, params: { protocolVersion: "2025-03-26" } }, "2025-06-18")],
]);

test.each(refusals.map((each) => [each.id, each] as const))(
  "the documented refusal %s is what the proxy says",
  (id, { example }) => {
    const answer = spoken.get(id);
    const source = answer
      ? JSON.stringify(answer)
      : text("proxy/answer/refuse.ts") + text("proxy/handler.ts");
    const wanted = answer ? JSON.stringify(example).slice(1, -1) : example;
    // Texts in the source are broken over lines with "+" between them.
    expect(source.replace(/" \+\s*"/g, "")).toContain(wanted);
  },
);

test("the example of the policy reference is a policy", () => {
  expect(parsePolicy(examplePolicy)).toMatchObject({ ok: true });
});

test("the policy reference has every block and operator of the schema, each with what it takes", () => {
  const blocks = policyBlocks();
  expect(blocks.map(({ id }) => id)).toEqual([
    "document",
    "action-allow",
    "action-require_approval",
    "action-deny",
    "action-hide",
    "rate-limit",
    "approval",
    "access",
  ]);
  const fields = blocks.flatMap((block) => block.fields);
  expect(fields.filter(({ type }) => type === "" || type.includes("any value"))).toEqual([]);
  expect(conditionOperators().map(({ op }) => op)).toContain("command_in");
});

test("operations lists every variable that the product reads", () => {
  const listed = new Set(readSettings(text(".env.example")).flatMap(({ names }) => names));
  const read = [...text("lib/env.ts").matchAll(/^ {2}([A-Z][A-Z0-9_]+):/gm)].map(
    ([, name]) => name,
  );
  expect(read.length).toBeGreaterThan(20);
  expect(read.filter((name) => !listed.has(name ?? ""))).toEqual([]);
});
