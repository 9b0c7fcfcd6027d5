import { capabilityFor } from "#proxy/gate/methods.ts";
import { isOpenable, stripCapabilities } from "#proxy/gate/questions.ts";
import type { JsonRpcRequest } from "#proxy/json/json-rpc.ts";
import type { JsonObject, JsonValue } from "#proxy/json/parse-json.ts";
import { metaKeys, objectOf } from "#proxy/receive/era.ts";

/** The capabilities a modern request declares; an empty object when it declares none. */
export function declaredCapabilities(request: JsonRpcRequest): JsonObject {
  const meta = objectOf(request.params?._meta);
  return objectOf(meta?.[metaKeys.clientCapabilities]) ?? {};
}

/**
 * What of an agent's capabilities a server gets to see: extensions cannot be gated and stay here, as
 * do those that the server's settings strip. The same object when nothing has to go.
 */
export function passedCapabilities(declared: JsonObject, stripped: readonly string[]): JsonObject {
  const withheld = ["extensions", "tasks", ...stripped];
  return withheld.some((name) => name in declared)
    ? stripCapabilities(declared, withheld)
    : declared;
}

/** The first question of a result that this agent may not be asked; null when there is none. */
export function unaskable(
  inputRequests: JsonValue | undefined,
  declared: JsonObject,
): string | null {
  for (const question of Object.values(objectOf(inputRequests) ?? {})) {
    const { method, params } = objectOf(question) ?? {};
    if (typeof method !== "string") return "something";
    const capability = capabilityFor(method);
    if (!capability || objectOf(declared[capability]) === undefined) return method;
    const asked = objectOf(params);
    if (asked?.mode === "url" && !isOpenable(asked.url)) return "a URL that may not be opened";
  }
  return null;
}
