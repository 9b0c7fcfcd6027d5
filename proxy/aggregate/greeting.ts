import type { JsonObject } from "#proxy/json/parse-json.ts";
import type { Era } from "#proxy/receive/era.ts";

/**
 * What the address of all servers says of itself. Servers come and go with their grants, so what any
 * may have is declared; tasks and extensions, which cannot be told apart by server, are not. Nor are
 * logs in a session, where their level would be every server's; a modern request brings its own.
 */
export function greetingOf(era: Era): {
  capabilities: JsonObject;
  serverInfo: JsonObject;
  instructions: string;
} {
  return {
    capabilities: {
      tools: { listChanged: true },
      prompts: { listChanged: true },
      resources: { subscribe: true, listChanged: true },
      completions: {},
      ...(era === "modern" && { logging: {} }),
    },
    serverInfo: { name: "callgate", title: "Callgate", version: "1" },
    instructions:
      "These are the tools of several servers. A name is the server's, two underscores, and the name on that server.",
  };
}
