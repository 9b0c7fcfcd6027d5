import type { Command } from "./command.ts";

/** The one table of commands, by their first word. A group is loaded when it is asked for. */
export const groups: ReadonlyMap<string, () => Promise<readonly Command[]>> = new Map([
  ["user", async () => (await import("./commands/user.ts")).commands],
  ["org", async () => (await import("./commands/org.ts")).commands],
  ["connector", async () => (await import("./commands/connector.ts")).commands],
  ["server", async () => (await import("./commands/server.ts")).commands],
  ["tool", async () => (await import("./commands/tool.ts")).commands],
  ["policy", async () => (await import("./commands/policy.ts")).commands],
  ["agent", async () => (await import("./commands/agent.ts")).commands],
  ["calls", async () => (await import("./commands/calls.ts")).commands],
  ["approvals", async () => (await import("./commands/approvals.ts")).commands],
  ["classify", async () => (await import("./commands/classify.ts")).commands],
  ["catalog", async () => (await import("./commands/catalog.ts")).commands],
  ["contact", async () => (await import("./commands/contact.ts")).commands],
  ["doctor", async () => (await import("./commands/doctor.ts")).commands],
]);
