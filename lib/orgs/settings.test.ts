import { expect, test } from "vitest";
import { database } from "#lib/db.ts";
import { revisions } from "#lib/policy/revisions.ts";
import { expectAudit, expectRefusal } from "#lib/testing/expectations.ts";
import { contextAs, makeOrg, makeServer } from "#lib/testing/factories.ts";
import type { SetMinimumRevision } from "./schema.ts";
import { readOrgSettings, setMinimumRevision } from "./settings.ts";

test("agents of a new org may speak any revision", async () => {
  expect(await readOrgSettings(await makeOrg())).toEqual({ minimumRevision: null });
});

test("the oldest revision can be any that Callgate speaks, and be lifted, each on record", async () => {
  const context = await makeOrg();
  let from: string | null = null;
  for (const to of [...revisions, null]) {
    expect(await setMinimumRevision(context, { minimumRevision: to })).toEqual({
      minimumRevision: to,
    });
    expect(await readOrgSettings(context)).toEqual({ minimumRevision: to });
    await expectAudit(context, {
      action: "org.minimum_revision",
      name: context.org.name,
      detail: { from, to },
    });
    from = to;
  }
});

test.each(["2024-10-07", "2031-01-01", "latest", "", undefined])(
  "%j is no revision to set, and nothing changes",
  async (minimumRevision) => {
    const context = await makeOrg();
    await setMinimumRevision(context, { minimumRevision: "2025-06-18" });
    // What a browser sends need not be what the type says.
    const input = { minimumRevision } as SetMinimumRevision;
    const refusal = await expectRefusal(setMinimumRevision(context, input), "invalid_input");
    expect(refusal.fields).toEqual({ minimumRevision: ["Choose one of the revisions"] });
    expect(await readOrgSettings(context)).toEqual({ minimumRevision: "2025-06-18" });
  },
);

test("a viewer or policy manager sees the oldest revision and cannot set it", async () => {
  const owner = await makeOrg();
  await setMinimumRevision(owner, { minimumRevision: "2025-06-18" });
  for (const role of ["viewer", "policy_manager"] as const) {
    const context = await contextAs(owner, role);
    await expectRefusal(setMinimumRevision(context, { minimumRevision: null }), "forbidden");
    expect(await readOrgSettings(context)).toEqual({ minimumRevision: "2025-06-18" });
  }
});

test("a change makes what was admitted by the old minimum stale, in this org alone", async () => {
  const [context, other] = [await makeOrg(), await makeOrg()];
  const [server, neighbour] = [await makeServer(context), await makeServer(other)];
  const standing = async () => ({
    servers: await database().server.findMany({
      where: { id: { in: [server.id, neighbour.id] } },
      orderBy: { id: "asc" },
      select: { id: true, revision: true },
    }),
    orgs: await database().org.findMany({
      where: { id: { in: [context.org.id, other.org.id] } },
      orderBy: { id: "asc" },
      select: { id: true, standingVersion: true },
    }),
  });
  const before = await standing();
  await setMinimumRevision(context, { minimumRevision: "2025-06-18" });
  const after = await standing();
  expect(after.servers).toEqual(
    before.servers.map(({ id, revision }) => ({
      id,
      revision: revision + Number(id === server.id),
    })),
  );
  expect(after.orgs).toEqual(
    before.orgs.map(({ id, standingVersion }) => ({
      id,
      standingVersion: standingVersion + Number(id === context.org.id),
    })),
  );
});
