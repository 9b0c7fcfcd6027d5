import type { AuditAction } from "./change.ts";

type Detail = Record<string, unknown>;

export interface Described {
  actorName: string;
  action: string;
  subject: { name: string };
  detail: Detail;
}

/** The change as one English sentence; an action of a later version is named as it is stored. */
export function auditSentence({ actorName, action, subject, detail }: Described): string {
  const phrase = isKnown(action) ? phrases[action] : undefined;
  const deed = phrase?.(subject.name, detail) ?? `did ${action} on ${subject.name}`;
  return `${actorName} ${deed}.`;
}

/** A new action is a type error until its phrase stands here. */
const phrases: Record<AuditAction, (name: string, detail: Detail) => string> = {
  "org.create": (name) => `created the org ${name}`,
  "org.rename": (name, { from }) => `renamed the org ${text(from)} to ${name}`,
  "server.register": (name) => `registered the server ${name}`,
  "server.update": (name) => `changed the settings of ${name}`,
  "server.remove": (name) => `removed the server ${name}`,
  "server.secrets": (name) => `entered secrets of ${name}`,
  "server.discover": (name) => `asked ${name} for its tools`,
  "tool.accept": (name, { tools }) => `accepted ${several(tools, "tools")} of ${name}`,
  "rule.set": ruleSet,
  "policy.apply": policyApplied,
  "agent.create": (name, { servers }) =>
    `created the agent ${name} for ${several(servers, "servers")}`,
  "agent.grant": (name, { servers }) =>
    `gave the agent ${name} access to ${several(servers, "servers")}`,
  "agent.rotate": (name) => `replaced the token of the agent ${name}`,
  "agent.revoke": (name) => `revoked the agent ${name}`,
  "approval.approve": (name, detail) => `approved ${waitingCall(name, detail)}`,
  "approval.deny": (name, detail) => `denied ${waitingCall(name, detail)}`,
};

function isKnown(action: string): action is AuditAction {
  return Object.hasOwn(phrases, action);
}

function ruleSet(name: string, { tools, rule }: Detail): string {
  const which = `${several(tools, "tools")} of ${name}`;
  const isChosen = typeof rule === "object" && rule !== null && "choice" in rule;
  return isChosen ? `set ${which} to ${text(rule.choice)}` : `took back the rules of ${which}`;
}

function policyApplied(name: string, { mode, version }: Detail): string {
  return typeof mode === "string"
    ? `switched the policy of ${name} to ${mode}`
    : `applied version ${text(version)} of the policy of ${name}`;
}

function waitingCall(tool: string, { agent, server }: Detail): string {
  return `a call of ${tool} on ${text(server)} by ${text(agent)}`;
}

/** Names while they are few, else how many there are. */
function several(value: unknown, plural: string): string {
  const names: unknown[] = Array.isArray(value) ? value : [];
  if (names.length === 0) return `no ${plural}`;
  return names.length > 3 ? `${names.length} ${plural}` : names.map(text).join(", ");
}

function text(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "(unknown)";
}
