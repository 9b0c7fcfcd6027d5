import { evaluate, isListed } from "#lib/policy/evaluate.ts";
import type { Gate } from "./gates.ts";

const patterns = new WeakMap<Gate, RegExp | null>();

/**
 * Whether a text of the server names a tool that rules hide from this agent: "did you mean …" would
 * tell of it (protocol.md 6.2 row 8). Names count as whole words.
 */
export function namesHiddenTool(gate: Gate, text: string): boolean {
  let pattern = patterns.get(gate);
  if (pattern === undefined) {
    pattern = hiddenPattern(gate);
    patterns.set(gate, pattern);
  }
  return pattern?.test(text) ?? false;
}

/** Tools that only `default: deny` keeps out of lists are no secret: their refusal names them. */
function hiddenPattern({ observe, policy, tools }: Gate): RegExp | null {
  if (observe) return null;
  const hidden = [...tools.values()].filter(
    (tool) =>
      !isListed(policy, tool) && evaluate(policy, { tool, arguments: {} }).effect === "hide",
  );
  if (hidden.length === 0) return null;
  const names = hidden.map(({ name }) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`(?<![\\w-])(?:${names.join("|")})(?![\\w-])`);
}
