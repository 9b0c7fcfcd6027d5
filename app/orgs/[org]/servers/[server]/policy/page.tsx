import type { Metadata } from "next";
import { PolicyEditor } from "#components/policy/policy-editor.tsx";
import { toPolicyTool } from "#components/policy/policy-tool.ts";
import { listAgents } from "#lib/agents/agents.ts";
import { getPolicy, listPolicyVersions } from "#lib/rules/rules.ts";
import { listTools } from "#lib/tools/tools.ts";
import { forPage } from "#lib/web/errors.ts";
import { may, requireOrg } from "#lib/web/session.ts";
import {
  applyPolicy,
  diffPolicyVersions,
  observeSummary,
  replayPolicy,
  restorePolicyVersion,
  setPolicyMode,
  testPolicy,
  tryPolicy,
} from "./actions.ts";

export const metadata: Metadata = { title: "Policy" };

export default async function PolicyPage({
  params,
  searchParams,
}: PageProps<"/orgs/[org]/servers/[server]/policy">) {
  const { org, server } = await params;
  const { tool, agent } = await searchParams;
  const context = await requireOrg(org, "servers.read");
  const [policy, versions, tools, agents] = await Promise.all([
    forPage(getPolicy(context, { server })),
    forPage(listPolicyVersions(context, { server })),
    forPage(listTools(context, { server })),
    may(context, "agents.read") ? forPage(listAgents(context, { server })) : [],
  ]);
  const { version, text, cases, mode } = policy;
  return (
    <PolicyEditor
      server={server}
      current={{ version, text, cases }}
      mode={mode}
      versions={versions.map(({ at, ...rest }) => ({ ...rest, at: at.toISOString() }))}
      tools={tools.map((tool) => toPolicyTool(tool, tool.definition))}
      agents={agents.map(({ name }) => name)}
      canEdit={may(context, "rules.write")}
      canReadCalls={may(context, "calls.read")}
      callsHref={`/orgs/${org}/calls`}
      start={
        typeof tool === "string" ? { tool, agent: typeof agent === "string" ? agent : null } : null
      }
      actions={{
        applyPolicy: applyPolicy.bind(null, org),
        setPolicyMode: setPolicyMode.bind(null, org),
        restorePolicyVersion: restorePolicyVersion.bind(null, org),
        diffPolicyVersions: diffPolicyVersions.bind(null, org),
        tryPolicy: tryPolicy.bind(null, org),
        testPolicy: testPolicy.bind(null, org),
        replayPolicy: replayPolicy.bind(null, org),
        observeSummary: observeSummary.bind(null, org),
      }}
    />
  );
}
