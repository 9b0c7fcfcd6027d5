import { expect, test } from "vitest";
import { expectAudit, expectRefusal } from "#lib/testing/expectations.ts";
import { makeOrg, makeServer } from "#lib/testing/factories.ts";
import { listCommandRules, setCommandRules } from "./commands.ts";
import { getPolicy, setToolRules } from "./rules.ts";

async function makeScene() {
  const owner = await makeOrg();
  const tools = ["valkey_write", "json_get"].map((name) => {
    return { name, category: "write", riskClass: "medium" };
  });
  const serverInfo = { name: "awslabs.valkey-mcp-server", version: "1.28.1" };
  const { slug } = await makeServer(owner, { tools, serverInfo });
  return { owner, slug };
}

test("a multi-purpose tool has a row for each command, with its own class", async () => {
  const { owner, slug } = await makeScene();
  const [only, ...others] = await listCommandRules(owner, { server: slug });
  expect(others).toEqual([]);
  expect(only).toMatchObject({
    tool: "valkey_write",
    path: "command",
    joinedWith: "args",
    others: { choice: "deny", source: "default" },
  });
  expect(only?.commands).toHaveLength(74);
  expect(only?.commands.find(({ command }) => command === "DEL")).toMatchObject({
    category: "destructive",
    riskClass: "high",
    rule: { choice: "deny" },
  });
});

test("a rule of several commands is one version; the tool's own rule is for all others", async () => {
  const { owner, slug } = await makeScene();
  await setToolRules(owner, { server: slug, tools: ["valkey_write"], rule: { choice: "allow" } });
  const saved = await setCommandRules(owner, {
    server: slug,
    tool: "valkey_write",
    commands: ["del", "UNLINK"],
    rule: { choice: "approve", approval: { count: 2 } },
  });
  expect(saved).toMatchObject({ version: 3, others: { choice: "allow" } });
  await expectAudit(owner, {
    action: "rule.set",
    name: slug,
    detail: { tools: ["valkey_write"], commands: ["DEL", "UNLINK"], version: 3 },
  });
  const { document, note } = await getPolicy(owner, { server: slug });
  expect(note).toBe("valkey_write: DEL, UNLINK: approve");
  expect(document.tools?.valkey_write).toMatchObject([
    { action: "require_approval", approval: { count: 2 } },
    { action: "allow", when: [{ op: "command_not_in", value: ["DEL", "UNLINK"] }] },
  ]);
  const back = { server: slug, tool: "valkey_write", commands: ["DEL", "UNLINK"], rule: null };
  await setCommandRules(owner, back);
  expect((await getPolicy(owner, { server: slug })).document.tools?.valkey_write).toEqual({
    action: "allow",
  });
});

test("a tool that has no commands, and one that is not there, are refused", async () => {
  const { owner, slug } = await makeScene();
  for (const tool of ["json_get", "nothing"]) {
    const input = { server: slug, tool, commands: ["DEL"], rule: { choice: "deny" } };
    await expectRefusal(setCommandRules(owner, input), "not_found");
  }
});
