import type { JsonObject, JsonValue } from "#proxy/json/parse-json.ts";
import { isModern, objectOf } from "#proxy/receive/era.ts";
import type { Upstream, UpstreamContext } from "#proxy/upstream/types.ts";
import { ask, resultOf, trouble } from "./discover-ask.ts";
import { askModern } from "./discover-modern.ts";

const MAX_PAGES = 100;
const MAX_TOOLS = 5_000;

type Ask = (method: string, params: JsonObject) => Promise<JsonObject>;

/**
 * The tools of a server. One of both eras may offer tools in the one that it has not in the other:
 * both lists count, the older era's first.
 * @param places where each era's list is asked for: a program serves one era for as long as it runs
 * @param leftMilliseconds what the next question may take; throws when no time is left
 * @throws {UpstreamTrouble}
 */
export async function listEverywhere(
  places: { legacy: Upstream; modern: Upstream },
  context: UpstreamContext,
  { revisions, capabilities }: { revisions: readonly string[]; capabilities: JsonObject },
  leftMilliseconds: () => number,
): Promise<JsonValue[]> {
  const legacy: Ask = async (method, params) => {
    context.totalMilliseconds = leftMilliseconds();
    return (await ask(places.legacy, context, method, params)).result;
  };
  const modern: Ask = async (method, params) =>
    resultOf(await askModern(places.modern, method, params, leftMilliseconds()), method).result;
  const tools: JsonValue[] = [];
  if (!revisions.every(isModern)) tools.push(...(await listTools(legacy, capabilities)));
  if (!revisions.some(isModern)) return tools;
  const known = new Set(tools.map(nameOf));
  const more = await listTools(modern, capabilities);
  return [...tools, ...more.filter((tool) => !known.has(nameOf(tool)))];
}

async function listTools(ask: Ask, capabilities: JsonObject): Promise<JsonValue[]> {
  const tools: JsonValue[] = [];
  if (capabilities.tools === undefined) return tools;
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const result = await ask("tools/list", cursor === undefined ? {} : { cursor });
    if (!Array.isArray(result.tools)) {
      const message = "The answer to tools/list holds no list of tools.";
      throw trouble({ code: "protocol", message });
    }
    tools.push(...result.tools);
    if (tools.length > MAX_TOOLS) {
      const message = `The server lists more than ${MAX_TOOLS} tools.`;
      throw trouble({ code: "too_large", message });
    }
    if (typeof result.nextCursor !== "string") return tools;
    cursor = result.nextCursor;
  }
  const message = `The list of tools did not end after ${MAX_PAGES} pages.`;
  throw trouble({ code: "too_large", message });
}

function nameOf(tool: JsonValue): JsonValue | undefined {
  return objectOf(tool)?.name;
}
