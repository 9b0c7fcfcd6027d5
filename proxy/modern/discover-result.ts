import type { JsonObject, JsonValue } from "#proxy/json/parse-json.ts";
import { objectOf } from "#proxy/receive/era.ts";
import { acceptedRevisions } from "#proxy/receive/minimum.ts";

/** Capabilities that can be gated, with their members; extensions and anything new cannot. */
const gated: Readonly<Record<string, readonly string[]>> = {
  tools: ["listChanged"],
  prompts: ["listChanged"],
  resources: ["listChanged", "subscribe"],
  completions: [],
  logging: [],
};

/**
 * Reduces a server's `server/discover` result, in place, to what both it and this proxy can do and the
 * org accepts. Its instructions and its name pass.
 *
 * @param minimum the oldest revision that the org accepts of agents; null: any
 */
export function discoverShape(result: JsonObject, minimum: string | null): void {
  const { supportedVersions } = result;
  if (Array.isArray(supportedVersions)) {
    const spoken = new Set<JsonValue>(acceptedRevisions(minimum));
    result.supportedVersions = supportedVersions.filter((version) => spoken.has(version));
  }
  result.capabilities = gatedCapabilities(objectOf(result.capabilities) ?? {});
}

/** What of a server's capabilities agents may use through this proxy. */
export function gatedCapabilities(declared: JsonObject): JsonObject {
  const kept: JsonObject = {};
  for (const [name, members] of Object.entries(gated)) {
    const capability = objectOf(declared[name]);
    if (!capability) continue;
    const known: JsonObject = {};
    for (const member of members) {
      const value = capability[member];
      if (value !== undefined) known[member] = value;
    }
    kept[name] = known;
  }
  return kept;
}
