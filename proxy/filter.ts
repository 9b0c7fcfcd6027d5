import { isListed } from "#lib/policy/evaluate.ts";
import type { Gate } from "./gates.ts";
import type { JsonRpcResponse } from "./json/json-rpc.ts";

export interface FilteredList {
  message: JsonRpcResponse;
  /** A definition differs from the one on record, or is new: it was left out. */
  drifted: boolean;
}

/**
 * Filters any answer that carries a tool list, whatever asked for it: a list can come back on a POST,
 * on its event stream or on a replayed one. Only definitions that stand on record unchanged and that
 * a rule lets be seen are kept, in the server's order.
 *
 * @returns null when the message carries no tool list, so that its bytes may be relayed
 */
export function filterToolList(
  message: JsonRpcResponse,
  gate: Gate,
  digestOf: (definition: unknown) => string,
): FilteredList | null {
  if (!("result" in message)) return null;
  const listed = message.result.tools;
  if (!Array.isArray(listed)) return null;
  let drifted = false;
  const kept = listed.filter((definition) => {
    const tool = isNamed(definition) ? gate.tools.get(definition.name) : undefined;
    if (!tool || !isSame(definition, tool.digest, digestOf)) {
      drifted = true;
      return false;
    }
    return gate.observe || isListed(gate.policy, tool);
  });
  return { message: { ...message, result: { ...message.result, tools: kept } }, drifted };
}

function isSame(
  definition: unknown,
  digest: string,
  digestOf: (definition: unknown) => string,
): boolean {
  try {
    return digestOf(definition) === digest;
  } catch {
    return false;
  }
}

function isNamed(value: unknown): value is { name: string } {
  return (
    typeof value === "object" && value !== null && "name" in value && typeof value.name === "string"
  );
}
