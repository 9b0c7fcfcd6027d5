import "server-only";
import type { ToolExtrasProps } from "#components/policy/tool-extras.tsx";
import { listAgents } from "#lib/agents/agents.ts";
import { listLimitUsage } from "#lib/limits/limits.ts";
import { defaultRateLimit } from "#lib/policy/edit.ts";
import { listCommandRules } from "#lib/rules/commands.ts";
import { forPage } from "#lib/web/errors.ts";
import { may, requireOrg } from "#lib/web/session.ts";
import { readLimitUsage, resetLimit, setCommandRules, tryPolicy } from "./actions.ts";

/** What the Tools page adds to each tool from the policy. */
export async function readToolExtras(
  org: string,
  server: string,
  policyVersion: number,
): Promise<ToolExtrasProps> {
  const context = await requireOrg(org, "servers.read");
  const [splits, usage, agents] = await Promise.all([
    forPage(listCommandRules(context, { server })),
    forPage(listLimitUsage(context, { server })),
    may(context, "agents.read") ? forPage(listAgents(context, { server })) : [],
  ]);
  return {
    server,
    policyVersion,
    canEdit: may(context, "rules.write"),
    startLimit: defaultRateLimit,
    agents: agents.map(({ name }) => name),
    splits,
    usage,
    policyHref: `/orgs/${org}/servers/${server}/policy`,
    setCommandRules: setCommandRules.bind(null, org),
    readUsage: readLimitUsage.bind(null, org),
    resetLimit: resetLimit.bind(null, org),
    tryPolicy: tryPolicy.bind(null, org),
  };
}
