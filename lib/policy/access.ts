import type { CompiledPolicy } from "./compile.ts";
import { explainAccess } from "./explain.ts";
import type { AccessTarget, Decision } from "./types.ts";

/** An agent chooses the URI; matching costs its length once for each key with `*`. */
const nameMaxLength = 8_192;

/**
 * Decides whether an agent may get one prompt or read one resource: hide before deny before allow,
 * then the policy's default. Total and synchronous; whatever goes wrong inside is a denial. Its
 * decisions carry no obligations.
 */
export function evaluateAccess(policy: CompiledPolicy, target: AccessTarget): Decision {
  try {
    if (!policy.readable) {
      return decided(
        "deny",
        "policy",
        "The stored policy cannot be read, so everything is denied.",
      );
    }
    if (target.name.length > nameMaxLength) {
      return decided("deny", "policy", `The ${target.kind}'s name is too long, so it is denied.`);
    }
    const [strictest] = policy.accessFor(target);
    if (strictest === undefined) {
      return decided(policy.fallback, "default", explainAccess(target.kind, policy.fallback));
    }
    const { action, name, reason } = strictest;
    return { ...decided(action, name, explainAccess(target.kind, strictest)), reason };
  } catch {
    return decided("deny", "policy", "The policy could not be evaluated, so this is denied.");
  }
}

/**
 * Whether the lists of prompts and resources show it: not when it is hidden, and not when only
 * `default: deny` speaks of it. What a rule denies stays, so that an agent can read the reason.
 */
export function isAccessListed(policy: CompiledPolicy, target: AccessTarget): boolean {
  if (!policy.readable || target.name.length > nameMaxLength) return false;
  const [strictest] = policy.accessFor(target);
  return strictest === undefined ? policy.fallback === "allow" : strictest.action !== "hide";
}

function decided(effect: Decision["effect"], rule: string, explanation: string): Decision {
  return { effect, rule, reason: null, explanation, obligations: [] };
}
