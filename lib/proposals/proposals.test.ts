import { expect, test } from "vitest";
import { database } from "#lib/db.ts";
import { getPolicy, setToolRules } from "#lib/rules/rules.ts";
import { contextAs, makeAgent, makeCall, makeOrg, makeServer } from "#lib/testing/factories.ts";
import { storeDiscovery } from "#lib/tools/store.ts";
import { overrideTool } from "#lib/tools/tools.ts";
import { definitionCost } from "./cost.ts";
import { acceptProposal, readProposal } from "./proposals.ts";

const tools = [
  { name: "list_users", description: "Lists users.", inputSchema: { type: "object" } },
  { name: "update_user", description: "Updates a user.", inputSchema: { type: "object" } },
  {
    name: "delete_user",
    description: "Permanently deletes a user.",
    inputSchema: { type: "object" },
  },
];

async function makeScene(offered: readonly { name: string }[] = tools, document?: object) {
  const owner = await makeOrg();
  const server = await makeServer(owner, {
    ...(document && { document: { version: 1, ...document } }),
  });
  const key = { orgId: owner.org.id, serverId: server.id };
  await storeDiscovery(key, { tools: offered, protocolRevision: "2025-11-25", serverInfo: {} });
  return { owner, server, of: { server: server.slug } };
}

test("a new server gets a proposal: the worst tools first, each line with its reason and its difference", async () => {
  const { owner, of } = await makeScene();
  const proposal = await readProposal(owner, of);
  expect(proposal).toMatchObject({ version: 1, allowsByDefault: false, curated: 0 });
  expect(proposal.lines.map(({ tool, change }) => `${tool} ${change}`)).toEqual([
    "delete_user add",
    "update_user add",
    "list_users add",
  ]);
  const [worst] = proposal.lines;
  expect(worst?.reason).toMatch(/^Destructive.*\.$/);
  expect(worst?.now).toMatchObject({ choice: "deny", source: "default" });
  expect(worst?.diff).toEqual([
    { kind: "added", text: "  delete_user:" },
    { kind: "added", text: "    action: require_approval" },
  ]);
});

test("accepted in part, only those lines enter the policy, as one version that says where it is from", async () => {
  const { owner, of } = await makeScene(tools, {
    default: "allow",
    tools: { list_users: { action: "deny", reason: "Ours." } },
  });
  const { mark, allowsByDefault } = await readProposal(owner, of);
  expect(allowsByDefault).toBe(true);
  const chosen = { tools: ["delete_user", "update_user"], denyByDefault: true };
  expect(await acceptProposal(owner, { ...of, ...chosen, seen: mark })).toEqual({
    version: 2,
    tools: ["delete_user", "update_user"],
  });
  const policy = await getPolicy(owner, of);
  expect(policy.text).toContain("default: deny");
  expect(policy.text).toContain("reason: Ours.");
  expect(policy.text).toMatch(/delete_user:\n\s+action: require_approval/);
  const { lines } = await readProposal(owner, of);
  expect(lines.map(({ tool, change }) => `${tool} ${change}`)).toEqual([
    "delete_user same",
    "update_user same",
    "list_users replace",
  ]);
  const versions = await database().policyVersion.findMany({ where: { orgId: owner.org.id } });
  expect(versions.map(({ note }) => note)).toContain("Proposal accepted");
  const [event] = await database().auditEvent.findMany({ where: { orgId: owner.org.id } });
  expect(event).toMatchObject({ action: "policy.proposal", detail: { tools: chosen.tools } });
});

test("nobody accepts what they did not see: a policy or class changed meanwhile is a conflict", async () => {
  const { owner, of } = await makeScene();
  const { mark } = await readProposal(owner, of);
  const accept = (seen: string) => acceptProposal(owner, { ...of, tools: ["list_users"], seen });
  await setToolRules(owner, { ...of, tools: ["update_user"], rule: { choice: "deny" } });
  await expect(accept(mark)).rejects.toMatchObject({ code: "conflict" });
  const { mark: second } = await readProposal(owner, of);
  await overrideTool(owner, {
    ...of,
    tool: "list_users",
    category: "destructive",
    riskClass: "critical",
    note: "It empties the cache.",
  });
  await expect(accept(second)).rejects.toMatchObject({ code: "conflict" });
  const { mark: third, lines } = await readProposal(owner, of);
  expect(lines.find(({ tool }) => tool === "list_users")?.reason).toMatch(/^Destructive/);
  expect(await accept(third)).toMatchObject({ version: 3 });
});

test("a server of commands is proposed rules by command, not by tool", async () => {
  const names = ["valkey_read", "valkey_write", "valkey_admin"];
  const { owner, of } = await makeScene(names.map((name) => ({ name, description: "Runs it." })));
  const proposal = await readProposal(owner, of);
  expect(proposal.curated).toBe(3);
  const write = proposal.lines.find(({ tool }) => tool === "valkey_write");
  expect(write?.diff.map(({ text }) => text).join("\n")).toContain("path: command");
  expect(await acceptProposal(owner, { ...of, tools: names, seen: proposal.mark })).toMatchObject({
    version: 2,
  });
});

test("nothing, what has no line, and a viewer are refused", async () => {
  const { owner, of } = await makeScene();
  await expect(acceptProposal(owner, { ...of, tools: [] })).rejects.toMatchObject({
    code: "invalid_input",
  });
  await expect(acceptProposal(owner, { ...of, tools: ["ghost"] })).rejects.toMatchObject({
    code: "not_found",
    message: expect.stringContaining("ghost"),
  });
  const viewer = await contextAs(owner, "viewer");
  await expect(acceptProposal(viewer, { ...of, tools: ["list_users"] })).rejects.toMatchObject({
    code: "forbidden",
  });
});

test("definitions cost what agents are shown; what nobody calls is named, once anything is called", async () => {
  const { owner, server, of } = await makeScene(tools, {
    default: "allow",
    tools: { delete_user: { action: "hide" } },
  });
  const quiet = await definitionCost(owner, of);
  expect(quiet.tokens).toBeGreaterThan(quiet.listedTokens);
  expect(quiet).toMatchObject({ unused: [], unusedTokens: 0 });
  const agent = await makeAgent(owner, { servers: [server] });
  await makeCall(owner, { serverId: server.id, agentId: agent.id, tool: "list_users" });
  const cost = await definitionCost(owner, of);
  expect(cost.unused).toEqual(["update_user"]);
  expect(cost.unusedTokens).toBeLessThan(cost.listedTokens);
  expect(cost.unusedTokens).toBeGreaterThan(0);
});
