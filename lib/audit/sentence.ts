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

/** What earlier versions recorded and none does any more. */
type RetiredAction = "policy.cases";

/** A new action is a type error until its phrase stands here. */
const phrases: Record<AuditAction | RetiredAction, (name: string, detail: Detail) => string> = {
  "org.create": (name) => `created the org ${name}`,
  "org.rename": (name, { from }) => `renamed the org ${text(from)} to ${name}`,
  "org.minimum_revision": (name, { to }) =>
    typeof to === "string"
      ? `set MCP ${to} as the oldest revision for agents of ${name}`
      : `lets agents of ${name} speak any MCP revision`,
  "server.register": (name) => `registered the server ${name}`,
  "server.update": (name) => `changed the settings of ${name}`,
  "server.remove": (name) => `removed the server ${name}`,
  "server.secrets": (name) => `entered secrets of ${name}`,
  "server.discover": (name) => `asked ${name} for its tools`,
  "server.review": reviewChanged,
  "tool.accept": (name, { tools, harmless }) =>
    `accepted ${harmless === true ? "the harmless change of " : ""}${several(tools, "tools")} of ${name}`,
  "tool.remove": (name, { tools }) =>
    `found ${several(tools, "tools")} of ${name} no longer offered`,
  "tool.override": (name, { tool, category, riskClass }) =>
    `set the class of ${text(tool)} of ${name} to ${text(category)}, ${text(riskClass)}`,
  "tool.override_clear": (name, { tool }) =>
    `gave ${text(tool)} of ${name} back the class it was classified with`,
  "rule.set": ruleSet,
  "policy.apply": policyApplied,
  "policy.restore": (name, { restored }) =>
    `restored version ${text(restored)} of the policy of ${name}`,
  "policy.cases": (name, { cases }) =>
    `set the tests of the policy of ${name}: ${cases === 1 ? "1 case" : `${text(cases)} cases`}`,
  "policy.proposal": (name, { tools, version }) =>
    `accepted the proposal for ${several(tools, "tools")} of ${name} as version ${text(version)}`,
  "limit.reset": (name, { rule, owner }) =>
    `freed the limit ${text(rule)} of ${name} for ${text(owner)}`,
  "agent.create": (name, { servers }) =>
    `created the agent ${name} for ${several(servers, "servers")}`,
  "agent.grant": (name, { servers }) =>
    `gave the agent ${name} access to ${several(servers, "servers")}`,
  "agent.rotate": (name) => `replaced the token of the agent ${name}`,
  "agent.revoke": (name) => `revoked the agent ${name}`,
  "agent.leak": (name, { last4 }) =>
    `saw the token of the agent ${name} that ends in ${text(last4)} in a URL, where logs keep it`,
  "approval.approve": (name, detail) => `approved ${waitingCall(name, detail)}`,
  "approval.deny": (name, detail) => `denied ${waitingCall(name, detail)}`,
  "notification.create": (name, { kind }) => `added the ${text(kind)} channel ${name}`,
  "notification.update": channelChanged,
  "notification.remove": (name) => `removed the channel ${name}`,
  "notification.test": (name) => `sent a test message to ${name}`,
};

function isKnown(action: string): action is keyof typeof phrases {
  return Object.hasOwn(phrases, action);
}

function ruleSet(name: string, { tools, commands, rule }: Detail): string {
  const tool = `${several(tools, "tools")} of ${name}`;
  const which = Array.isArray(commands) ? `${several(commands, "commands")} in ${tool}` : tool;
  const isChosen = typeof rule === "object" && rule !== null && "choice" in rule;
  return isChosen ? `set ${which} to ${text(rule.choice)}` : `took back the rules of ${which}`;
}

function policyApplied(name: string, { mode, version }: Detail): string {
  return typeof mode === "string"
    ? `switched the policy of ${name} to ${mode}`
    : `applied version ${text(version)} of the policy of ${name}`;
}

function reviewChanged(name: string, { trusted, acceptsHarmless }: Detail): string {
  const changes = [
    typeof trusted === "boolean" &&
      `${trusted ? "trusts" : "no longer trusts"} the hints of ${name}`,
    typeof acceptsHarmless === "boolean" &&
      (acceptsHarmless
        ? `lets harmless changes of ${name} pass`
        : `holds every change of ${name} for review`),
  ].filter((phrase) => typeof phrase === "string");
  return changes.length === 0 ? `changed the review of ${name}` : changes.join(" and ");
}

function channelChanged(name: string, { enabled }: Detail): string {
  if (enabled === true) return `switched the channel ${name} on`;
  if (enabled === false) return `switched the channel ${name} off`;
  return `changed the channel ${name}`;
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
