import { expect, test } from "vitest";
import { database } from "#lib/db.ts";
import { renameOrg } from "#lib/orgs/orgs.ts";
import { expectRefusal } from "#lib/testing/expectations.ts";
import { contextAs, makeOrg } from "#lib/testing/factories.ts";
import { listAuditEvents } from "./audit.ts";

test("changes are listed newest first, a page at a time, each as a sentence", async () => {
  const context = await makeOrg({ name: "One" });
  for (const name of ["Two", "Three", "Four"]) await renameOrg(context, { name });
  const first = await listAuditEvents(context, { limit: 2 });
  expect(first.events.map(({ sentence }) => sentence)).toEqual([
    `${context.actor.name} renamed the org Three to Four.`,
    `${context.actor.name} renamed the org Two to Three.`,
  ]);
  const second = await listAuditEvents(context, { limit: 2, cursor: first.next ?? "" });
  expect(second.events.map(({ detail }) => detail)).toEqual([{ from: "One", to: "Two" }]);
  expect(second.next).toBeNull();
});

test("another org's changes are not shown, whatever the cursor", async () => {
  const context = await makeOrg();
  const other = await makeOrg();
  await renameOrg(context, { name: "Mine" });
  await renameOrg(other, { name: "Theirs" });
  const [theirs] = (await listAuditEvents(other)).events;
  const page = await listAuditEvents(context, { cursor: theirs?.id ?? "" });
  expect(page.events.map(({ subject }) => subject.name)).toEqual(["Mine"]);
});

test("a viewer cannot read what people changed", async () => {
  await expectRefusal(listAuditEvents(await contextAs(await makeOrg(), "viewer")), "forbidden");
});

test("a change that cannot be recorded does not happen", async () => {
  const context = await makeOrg({ name: "Before" });
  await database().$executeRaw`alter table audit_events rename to audit_events_away`;
  try {
    await expect(renameOrg(context, { name: "After" })).rejects.toThrow();
  } finally {
    await database().$executeRaw`alter table audit_events_away rename to audit_events`;
  }
  const org = await database().org.findUniqueOrThrow({ where: { id: context.org.id } });
  expect(org.name).toBe("Before");
});

test("what is recorded can be neither changed nor deleted", async () => {
  const context = await makeOrg();
  await renameOrg(context, { name: "After" });
  const where = { orgId: context.org.id };
  await expect(database().auditEvent.deleteMany({ where })).rejects.toThrow("append-only");
  await expect(
    database().auditEvent.updateMany({ where, data: { action: "none" } }),
  ).rejects.toThrow("append-only");
});
