import type { JsonRpcResponse } from "#proxy/json/json-rpc.ts";
import type { JsonObject, JsonValue } from "#proxy/json/parse-json.ts";
import { objectOf } from "#proxy/receive/era.ts";

const mark = "[link removed by Callgate: opening it would run code]";
/** Members of results that hold content blocks, resources, or things that have icons. */
const lists = ["content", "contents", "tools", "prompts", "resources", "resourceTemplates"];

/**
 * Whether a result holds a link that runs code where it is opened, or an icon from anywhere but the
 * web (MCP 2025-11-25, "Icons": only https and data). Links of all other schemes are names for
 * resources, which servers choose freely, and pass.
 */
export function hasActiveLinks(result: JsonObject): boolean {
  return entriesOf(result).some((entry) => isActive(entry) || hasBadIcons(entry));
}

/** Takes them out: a text stands in the place of such a link, a listed one leads nowhere, icons are gone. */
export function withoutActiveLinks(message: JsonRpcResponse): void {
  if (!("result" in message)) return;
  for (const entry of entriesOf(message.result)) {
    if (hasBadIcons(entry)) delete entry.icons;
    if (!isActive(entry)) continue;
    if (entry.type === undefined) {
      entry.uri = "about:blank";
      continue;
    }
    for (const member of Object.keys(entry)) delete entry[member];
    Object.assign(entry, { type: "text", text: mark });
  }
}

function entriesOf(result: JsonObject): JsonObject[] {
  const found: JsonObject[] = [];
  const add = (value: JsonValue | undefined) => {
    const entry = objectOf(value);
    if (entry) found.push(entry);
  };
  for (const name of lists) {
    const list = result[name];
    if (Array.isArray(list)) for (const entry of list) add(entry);
  }
  if (Array.isArray(result.messages)) {
    for (const entry of result.messages) add(objectOf(entry)?.content);
  }
  add(result.serverInfo);
  return found;
}

function isActive({ uri, resource }: JsonObject): boolean {
  return schemeIs(uri, activeSchemes) || schemeIs(objectOf(resource)?.uri, activeSchemes);
}

function hasBadIcons({ icons }: JsonObject): boolean {
  if (!Array.isArray(icons)) return false;
  return icons.some((icon) => !schemeIs(objectOf(icon)?.src, iconSchemes));
}

const activeSchemes = /^(?:javascript|vbscript):/i;
const iconSchemes = /^(?:https?|data):/i;

/** As browsers read it: blanks and control characters within a scheme do not count (WHATWG URL). */
function schemeIs(uri: JsonValue | undefined, schemes: RegExp): boolean {
  if (typeof uri !== "string") return false;
  const start = uri.slice(0, 256).replace(/[\p{Cc} ]+/gu, "");
  return schemes.test(start);
}
