import { expect, test } from "vitest";
import { database } from "#lib/db.ts";
import { makeOrg, makeServer } from "#lib/testing/factories.ts";
import type { Prisma } from "#prisma/client.ts";
import { lastEditOf } from "./rule-editor.ts";

const pay = { action: "require_approval", reason: "Money." };
const big = { action: "deny", when: [{ path: "amount", op: "gt", value: 1000 }] };

/** A policy with these documents as its versions, each by its own author. */
async function makeHistory(documents: Prisma.InputJsonObject[]) {
  const { org } = await makeOrg();
  const { policyId } = await makeServer({ org });
  await database().policyVersion.deleteMany({ where: { orgId: org.id, policyId } });
  await database().policyVersion.createMany({
    data: documents.map((document, index) => ({
      orgId: org.id,
      policyId,
      version: index + 1,
      document: { version: 1, default: "deny", ...document },
      author: `user:${index + 1} Author`,
    })),
  });
  return async (rule: string, policyVersion = documents.length) => {
    const edit = await lastEditOf(database(), org.id, { policyId, policyVersion, rule });
    return edit?.version ?? null;
  };
}

test("a rule's author is whoever gave it its present form, not whoever saved last", async () => {
  const find = await makeHistory([
    { tools: { pay: { action: "deny" } } },
    { tools: { pay } },
    { tools: { pay, refund: pay } },
  ]);
  expect(await find("tools.pay")).toBe(2);
  expect(await find("tools.refund")).toBe(3);
  expect(await find("tools.pay", 1)).toBe(1);
});

test("the order of keys, and other rules of the tool, change no rule", async () => {
  const find = await makeHistory([
    { tools: { pay } },
    { tools: { pay: [big, { reason: "Money.", action: "require_approval" }] } },
    { tools: { pay: [pay, big] } },
  ]);
  expect(await find("tools.pay[0]")).toBe(1);
  expect(await find("tools.pay[1]")).toBe(2);
});

test("restoring a rule is editing it", async () => {
  const find = await makeHistory([
    { tools: { pay } },
    { tools: { pay: { action: "allow" } } },
    { tools: { pay } },
  ]);
  expect(await find("tools.pay")).toBe(3);
});

test("classes, the default and tools with odd names have authors too", async () => {
  const find = await makeHistory([
    { tools: { "a.b[0]": pay } },
    { tools: { "a.b[0]": pay }, classes: { critical: pay } },
  ]);
  expect(await find("classes.critical")).toBe(2);
  expect(await find("default")).toBe(1);
  expect(await find("tools.a.b[0]")).toBe(1);
});

test("a rule or version that is not on record has no author", async () => {
  const find = await makeHistory([{ tools: { pay } }]);
  expect(await find("tools.gone")).toBeNull();
  expect(await find("tools.pay", 7)).toBeNull();
});
