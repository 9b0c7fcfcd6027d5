import { expect, test } from "vitest";
import { auditSentence } from "./sentence.ts";

const by = { actorName: "Ada", subject: { name: "valkey" } };

test.each([
  [
    "rule.set",
    { tools: ["get", "set"], rule: { choice: "deny" } },
    "Ada set get, set of valkey to deny.",
  ],
  ["rule.set", { tools: ["get"], rule: null }, "Ada took back the rules of get of valkey."],
  ["tool.accept", { tools: ["a", "b", "c", "d"] }, "Ada accepted 4 tools of valkey."],
  ["policy.apply", { version: 7 }, "Ada applied version 7 of the policy of valkey."],
  ["policy.apply", { mode: "observe" }, "Ada switched the policy of valkey to observe."],
  ["server.remove", {}, "Ada removed the server valkey."],
  ["agent.grant", { servers: [] }, "Ada gave the agent valkey access to no servers."],
  ["agent.grant", { servers: ["x", "y"] }, "Ada gave the agent valkey access to x, y."],
  ["approval.approve", { agent: "ci", server: "db" }, "Ada approved a call of valkey on db by ci."],
])("%s with %j reads as a sentence", (action, detail, sentence) => {
  expect(auditSentence({ ...by, action, detail })).toBe(sentence);
});

test("an action this version does not know is still shown", () => {
  expect(auditSentence({ ...by, action: "toString", detail: {} })).toBe(
    "Ada did toString on valkey.",
  );
});
