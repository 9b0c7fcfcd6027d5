import type { CallRow } from "#lib/calls/calls.ts";

/** The word before a call's name where it is no tool's; null for tools. */
export function methodWord(method: CallRow["method"]): "prompt" | "resource" | null {
  switch (method) {
    case "tools/call":
      return null;
    case "prompts/get":
      return "prompt";
    case "resources/read":
      return "resource";
  }
}
