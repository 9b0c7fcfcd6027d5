import { UriTemplate } from "@modelcontextprotocol/sdk/shared/uriTemplate.js";
import { evaluateAccess, isAccessListed } from "#lib/policy/access.ts";
import type { JsonRpcRequest } from "#proxy/json/json-rpc.ts";
import type { JsonObject, JsonValue } from "#proxy/json/parse-json.ts";
import { objectOf } from "#proxy/receive/era.ts";
import type { Gate } from "./gates.ts";
import { namesHiddenTool } from "./hidden-names.ts";

/**
 * What of an answer to `completion/complete` may not be told: values that name a tool, or make a
 * resource, which the agent may not know of. How many there are is not told where that could count
 * such ones (ADV-054, invariant 9).
 *
 * @param request null where it is not known, as on a replayed stream: then no value is known to be harmless
 * @returns the change of the result; null when all of it may be told
 */
export function screenCompletion(
  gate: Gate,
  result: JsonObject,
  request: JsonRpcRequest | null,
): ((result: JsonObject) => void) | null {
  const completion = objectOf(result.completion);
  const values = completion?.values;
  if (gate.observe || completion === undefined || !Array.isArray(values)) return null;
  const isAboutResource = request === null || objectOf(request.params?.ref)?.uri !== undefined;
  const isCounted = isAboutResource && keepsResourcesBack(gate);
  const isTold = (value: JsonValue) =>
    typeof value === "string" &&
    !namesHiddenTool(gate, value) &&
    (!isCounted || (request !== null && isKnowable(gate, value, request.params ?? {})));
  const kept = values.flatMap((value, at) => (isTold(value) ? [at] : []));
  const isWhole = kept.length === values.length;
  const tellsCount = completion.total !== undefined || completion.hasMore !== undefined;
  if (isWhole && !(isCounted && tellsCount)) return null;
  return (changed) => {
    const { total: _total, hasMore: _more, ...rest } = objectOf(changed.completion) ?? {};
    const all = Array.isArray(rest.values) ? rest.values : [];
    changed.completion = { ...rest, values: kept.flatMap((at) => all.slice(at, at + 1)) };
  };
}

function keepsResourcesBack({ policy, hides }: Gate): boolean {
  return !policy.readable || policy.fallback === "deny" || hides.resource;
}

/** A value that is a URI itself, or completes a template to one, is as secret as that resource. */
function isKnowable({ policy }: Gate, value: string, params: JsonObject): boolean {
  const made = madeOf(value, params);
  if (/^[a-z][a-z0-9+.-]*:/i.test(value)) made.push(value);
  const targets = made.map((name) => ({ kind: "resource", name }) as const);
  return (
    targets.every((target) => evaluateAccess(policy, target).effect !== "hide") &&
    (targets.length === 0 || targets.some((target) => isAccessListed(policy, target)))
  );
}

/** The template with the value in its place: as RFC 6570 has it, and with the value as it stands. */
function madeOf(value: string, { ref, argument, context }: JsonObject): string[] {
  const template = objectOf(ref)?.uri;
  const name = objectOf(argument)?.name;
  if (typeof template !== "string" || typeof name !== "string") return [];
  const known = new Map([
    ...Object.entries(objectOf(objectOf(context)?.arguments) ?? {}),
    [name, value],
  ]);
  const texts: Record<string, string> = {};
  for (const [key, text] of known) if (typeof text === "string") texts[key] = text;
  try {
    const parsed = new UriTemplate(template);
    if (!parsed.variableNames.includes(name)) return [];
    const plain = template.replace(/\{[+#./;?&]?([^{}]*)\}/g, (_, names: string) =>
      names
        .split(",")
        .map((key) => texts[key.replace(/\*$|:\d+$/, "").trim()] ?? "")
        .join(","),
    );
    return [parsed.expand(texts), plain];
  } catch {
    // Whatever its server makes of such a template, it is judged as it stands.
    return [template];
  }
}
