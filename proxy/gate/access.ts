import { evaluateAccess, isAccessListed } from "#lib/policy/access.ts";
import type { AccessTarget, Decision } from "#lib/policy/types.ts";
import type { JsonRpcRequest } from "#proxy/json/json-rpc.ts";
import type { JsonValue } from "#proxy/json/parse-json.ts";
import { objectOf } from "#proxy/receive/era.ts";
import type { Gate } from "./gates.ts";

/** What the policy says of a prompt or resource; `unknown` is told as if it did not exist. */
export type AccessVerdict =
  | { kind: "allowed"; decision: Decision }
  | { kind: "denied"; decision: Decision }
  | { kind: "unknown"; decision: Decision };

/**
 * Decides about a prompt or resource. What no list shows is unknown, also where only `default: deny`
 * speaks: there are no prompts and resources on record, so else a hidden one would stand out among
 * those that do not exist (invariant 9).
 */
export function judgeAccess(gate: Gate, target: AccessTarget): AccessVerdict {
  const decision = evaluateAccess(gate.policy, target);
  if (decision.effect === "allow") return { kind: "allowed", decision };
  const isKnown = decision.effect === "deny" && isAccessListed(gate.policy, target);
  return { kind: isKnown ? "denied" : "unknown", decision };
}

/**
 * The prompt or resource that a request is about, for the methods that are decided by one.
 * @returns null when the request names none that could be decided about
 */
export function targetOf({ method, params }: JsonRpcRequest): AccessTarget | null {
  switch (method) {
    case "prompts/get":
      return named("prompt", params?.name);
    case "resources/read":
    case "resources/subscribe":
    case "resources/unsubscribe":
      return named("resource", params?.uri);
    case "completion/complete": {
      const ref = objectOf(params?.ref);
      if (ref?.type === "ref/prompt") return named("prompt", ref.name);
      return ref?.type === "ref/resource" ? named("resource", ref.uri) : null;
    }
    default:
      return null;
  }
}

/** What such a request lacks, for the agent's developer. */
export function missingTarget(method: string): string {
  switch (method) {
    case "prompts/get":
      return 'prompts/get needs "params.name": a string of 1 to 256 characters without control characters.';
    case "completion/complete":
      return 'completion/complete needs "params.ref" to name a prompt (ref/prompt) or a resource (ref/resource).';
    default:
      return `${method} needs "params.uri": a string of 1 to 8192 characters without control characters.`;
  }
}

const longest = { prompt: 256, resource: 8_192 };

function named(kind: AccessTarget["kind"], name: JsonValue | undefined): AccessTarget | null {
  if (typeof name !== "string" || name === "" || name.length > longest[kind]) return null;
  return /\p{Cc}/u.test(name) ? null : { kind, name };
}
