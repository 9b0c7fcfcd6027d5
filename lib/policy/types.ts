/** What a tool does, from the least to the most consequential. */
export const categories = ["read", "write", "execute", "destructive", "financial"] as const;
export type Category = (typeof categories)[number];

/** How much harm one wrong call can do. */
export const riskClasses = ["low", "medium", "high", "critical"] as const;
export type RiskClass = (typeof riskClasses)[number];

export const limitScopes = ["session", "agent", "server", "org"] as const;
export type LimitScope = (typeof limitScopes)[number];

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** What the policy knows of a tool. */
export interface ToolFacts {
  name: string;
  category: Category;
  riskClass: RiskClass;
}

/** A prompt by its name or a resource by its URI. */
export interface AccessTarget {
  kind: "prompt" | "resource";
  name: string;
}

/** One `tools/call` to decide. `arguments` is plain parsed JSON, the object that will be forwarded. */
export interface PolicyCall {
  tool: ToolFacts;
  arguments: JsonObject;
}

/** The largest limit that can be written. */
export const mostCalls = 1_000_000;
export const longestWindowSeconds = 31 * 24 * 60 * 60;

/** Never more than `max` calls in any `window` seconds; one counter for each `per`. */
export interface RateLimit {
  max: number;
  window: number;
  per: LimitScope;
}

/** A slot to take before the call is forwarded. */
export interface RateLimitObligation {
  kind: "rate_limit";
  /** Names the counter inside one policy. Editing `max` keeps it, and with it the slots in use. */
  limitKey: string;
  rule: string;
  max: number;
  windowSeconds: number;
  per: LimitScope;
}

/** The roles of an org's members, the most powerful first. */
export const approverRoles = ["owner", "admin", "policy_manager", "viewer"] as const;
export type ApproverRole = (typeof approverRoles)[number];

/** `requester`: who answers for the agent. `editor`: who last changed the rule. */
export const approvalExclusions = ["requester", "editor"] as const;
export type ApprovalExclusion = (typeof approvalExclusions)[number];

/** How an approval is given, in the document's own words; whatever is absent is the gate's default. */
export interface ApprovalOptions {
  /** Whoever has one of the roles or is named by e-mail, in lower case. */
  approvers?: { roles?: ApproverRole[]; members?: string[] };
  /** How many different people have to approve. */
  count?: number;
  /** Seconds until a request that nobody decides lapses. */
  request_expires?: number;
  /** Seconds until an approval that nobody uses lapses. */
  approval_expires?: number;
  /** For the approver to read. */
  message?: string;
  exclude?: ApprovalExclusion[];
}

/** A person has to approve exactly this call before it is forwarded. */
export interface ApprovalObligation {
  kind: "approval";
  rule: string;
  reason: string | null;
  /** What every rule that asks for approval of this call demands, taken together. */
  options: ApprovalOptions;
}

export type Obligation = RateLimitObligation | ApprovalObligation;

/** The evaluator's answer. Only `allow` carries obligations; each must be discharged first. */
export interface Decision {
  effect: "hide" | "deny" | "allow";
  /** What decided: `tools.valkey_write[0]`, `classes.destructive`, `prompts.x`, `default`, `policy`. */
  rule: string;
  /** The author's words, for the agent. */
  reason: string | null;
  /** One sentence: rule, condition and the argument's type, never its value. */
  explanation: string;
  obligations: readonly Obligation[];
}
