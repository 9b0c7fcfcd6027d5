import { expect, test } from "vitest";
import { database } from "#lib/db.ts";
import { expectAudit, expectRefusal } from "#lib/testing/expectations.ts";
import { contextAs, makeOrg, makeUser } from "#lib/testing/factories.ts";
import {
  createOrgForUser,
  findOrgContext,
  listOrgsOfUser,
  operatorContext,
  renameOrg,
} from "./orgs.ts";

let counter = 0;
function freeSlug(): string {
  counter += 1;
  return `acme-${counter}`;
}

test("whoever makes an org owns it, and the making is on record", async () => {
  const user = await makeUser();
  const org = await createOrgForUser(user, { name: " Acme ", slug: freeSlug() });
  expect(org.name).toBe("Acme");
  const context = await findOrgContext(user, org.slug);
  expect(context).toEqual({ org, actor: { kind: "user", ...user }, role: "owner" });
  if (context) await expectAudit(context, { action: "org.create", name: "Acme" });
});

test("a taken slug is refused at its field and leaves nothing behind", async () => {
  const { org } = await makeOrg();
  const user = await makeUser();
  const refusal = await expectRefusal(
    createOrgForUser(user, { name: "Second", slug: org.slug }),
    "conflict",
  );
  expect(refusal.fields).toEqual({ slug: ["This address is taken. Choose another"] });
  expect(await listOrgsOfUser(user.id)).toEqual([]);
});

test.each([
  ["a", "too short"],
  ["-acme", "starts with a hyphen"],
  ["acme-", "ends with a hyphen"],
  ["ac--me", "two hyphens"],
  ["Acme", "capital letters"],
  ["ac me", "a space"],
  ["acme/evil", "a slash"],
  ["new", "a word of our URLs"],
  ["api", "a word of our URLs"],
  ["a".repeat(41), "too long"],
])("the slug %s is refused: %s", async (slug) => {
  const user = await makeUser();
  const refusal = await expectRefusal(createOrgForUser(user, { name: "X", slug }), "invalid_input");
  expect(Object.keys(refusal.fields)).toEqual(["slug"]);
});

test("a user sees the orgs they belong to, with the role in each, and no others", async () => {
  const user = await makeUser();
  const own = await createOrgForUser(user, { name: "B own", slug: freeSlug() });
  const joined = await makeOrg({ name: "A joined" });
  await database().member.create({
    data: { orgId: joined.org.id, userId: user.id, role: "viewer" },
  });
  const foreign = await makeOrg();
  expect(await listOrgsOfUser(user.id)).toEqual([
    { org: joined.org, role: "viewer" },
    { org: own, role: "owner" },
  ]);
  expect(await findOrgContext(user, foreign.org.slug)).toBeNull();
  expect(await findOrgContext(user, "no-such-org")).toBeNull();
});

test("the command line works in any org that exists, under its own name in the record", async () => {
  const { org } = await makeOrg();
  const context = await operatorContext(org.slug);
  expect(context).toEqual({
    org,
    actor: { kind: "operator", name: "command line" },
    role: "owner",
  });
  await renameOrg(context, { name: "By the operator" });
  await expectAudit(context, { action: "org.rename", name: "By the operator" });
  await expectRefusal(operatorContext("no-such-org"), "not_found");
});

test("renaming keeps the slug and records both names", async () => {
  const context = await makeOrg({ name: "Before" });
  expect(await renameOrg(context, { name: "After" })).toEqual({ ...context.org, name: "After" });
  await expectAudit(context, {
    action: "org.rename",
    name: "After",
    detail: { from: "Before", to: "After" },
  });
});

test("a viewer or policy manager cannot rename the org", async () => {
  const owner = await makeOrg();
  for (const role of ["viewer", "policy_manager"] as const) {
    await expectRefusal(renameOrg(await contextAs(owner, role), { name: "Mine" }), "forbidden");
  }
});
