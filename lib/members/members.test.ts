import { expect, test } from "vitest";
import { contextAs, makeOrg } from "#lib/testing/factories.ts";
import { listMembers } from "./members.ts";

test("everybody in the org sees who belongs to it and in which role", async () => {
  const owner = await makeOrg();
  const viewer = await contextAs(owner, "viewer");
  await makeOrg();
  const members = await listMembers(viewer);
  expect(members.map(({ userId, role }) => [userId, role])).toEqual([
    [owner.actor.kind === "user" && owner.actor.id, "owner"],
    [viewer.actor.kind === "user" && viewer.actor.id, "viewer"],
  ]);
  expect(Object.keys(members[0] ?? {}).sort()).toEqual([
    "email",
    "name",
    "role",
    "since",
    "userId",
  ]);
});
