import { parseExact } from "#proxy/json/exact-numbers.ts";
import type { JsonRpcError } from "#proxy/json/json-rpc.ts";
import type { JsonObject, JsonValue } from "#proxy/json/parse-json.ts";
import { objectOf } from "#proxy/receive/era.ts";
import { promptNameOf, toolNameOf, uriOf } from "./names.ts";

type ErrorBody = JsonRpcError["error"];

/** What a server's messages are shown as. */
export interface View {
  serverSlug: string;
  /** Answers may carry lists: one was asked for, or nobody knows what was. */
  lists: boolean;
  /** What is said of the missing thing that was asked for, by the server's name of it and by the agent's. */
  missing: { own: ErrorBody; shown: ErrorBody } | null;
}

/** Members that have to be looked at; everything else passes as it is. */
const marked = /"(?:uri|uriTemplate|error|tools|prompts)"/;

/**
 * The text of a server's message as an agent of all servers gets it: names and URIs lead back to the
 * server. Lists of tools lose those that no name can be made for.
 *
 * @param text JSON that was accepted before
 */
export function showText(text: string, view: View): string {
  if (!marked.test(text)) return text;
  // Accepted messages are objects.
  const message = parseExact(text) as JsonObject;
  showMessage(message, view);
  return JSON.stringify(message);
}

/** The same for a parsed message, changed in place. @returns the names of tools left out */
export function showMessage(message: JsonObject, view: View): string[] {
  const { missing, serverSlug } = view;
  const error = objectOf(message.error);
  if (
    error &&
    missing &&
    error.code === missing.own.code &&
    error.message === missing.own.message
  ) {
    message.error = { ...missing.shown };
  }
  if (message.method === "notifications/resources/updated") {
    showUri(objectOf(message.params), serverSlug);
  }
  const result = objectOf(message.result);
  if (result === undefined) return [];
  for (const entry of objectsOf(result.contents)) showUri(entry, serverSlug);
  for (const block of objectsOf(result.content)) showBlock(block, serverSlug);
  for (const { content } of objectsOf(result.messages)) {
    for (const block of objectsOf(Array.isArray(content) ? content : [content ?? null])) {
      showBlock(block, serverSlug);
    }
  }
  return view.lists ? showLists(result, serverSlug) : [];
}

function showLists(result: JsonObject, serverSlug: string): string[] {
  const left: string[] = [];
  if (Array.isArray(result.tools)) {
    result.tools = objectsOf(result.tools).filter((tool) => {
      const name = typeof tool.name === "string" ? tool.name : "";
      const shown = toolNameOf({ serverSlug, name });
      if (shown === null) left.push(`${serverSlug}/${name}`);
      tool.name = shown;
      // Calls cannot be run as tasks here.
      delete tool.execution;
      return shown !== null;
    });
  }
  for (const prompt of objectsOf(result.prompts)) {
    if (typeof prompt.name === "string") {
      prompt.name = promptNameOf({ serverSlug, name: prompt.name });
    }
  }
  for (const entry of objectsOf(result.resources)) showUri(entry, serverSlug);
  for (const template of objectsOf(result.resourceTemplates)) {
    if (typeof template.uriTemplate === "string") {
      template.uriTemplate = uriOf({ serverSlug, name: template.uriTemplate });
    }
  }
  return left;
}

/** A content block that is a resource or links to one. */
function showBlock(block: JsonObject, serverSlug: string): void {
  if (block.type === "resource_link") showUri(block, serverSlug);
  if (block.type === "resource") showUri(objectOf(block.resource), serverSlug);
}

function showUri(holder: JsonObject | undefined, serverSlug: string): void {
  if (typeof holder?.uri === "string") holder.uri = uriOf({ serverSlug, name: holder.uri });
}

function objectsOf(value: JsonValue | undefined): JsonObject[] {
  if (!Array.isArray(value)) return [];
  return value.map(objectOf).filter((entry) => entry !== undefined);
}
