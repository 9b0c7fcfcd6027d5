import { beforeEach, expect, test } from "vitest";
import type { OrgContext } from "#lib/auth/context.ts";
import { database } from "#lib/db.ts";
import { newId } from "#lib/ids.ts";
import { makeOrg } from "#lib/testing/factories.ts";
import { claimDeliveries, finishDelivery } from "./worker.ts";

beforeEach(() => database().notificationDelivery.deleteMany({}));

/** An org that has so many channels with one delivery each, due for so long. */
async function makeWaiting(channels: number, seconds: number): Promise<OrgContext> {
  const owner = await makeOrg();
  const orgId = owner.org.id;
  for (let index = 0; index < channels; index++) {
    const id = newId();
    const kind = { kind: "webhook", name: `Hook ${index}`, target: "hook.example.test" };
    const events = ["approval.requested"];
    await database().notificationChannel.create({
      data: { orgId, id, ...kind, events, createdBy: "system:test" },
    });
    const words = { title: "Waits", text: "Waits", link: "/", dedupe: "one" };
    const nextAt = new Date(Date.now() - seconds * 1_000);
    await database().notificationDelivery.create({
      data: { orgId, id: newId(), channelId: id, event: "approval.requested", ...words, nextAt },
    });
  }
  return owner;
}

const orgsOf = (claimed: { orgId: string }[]) => claimed.map(({ orgId }) => orgId).sort();

test("an org whose receivers all hang has four deliveries under way, and one more when one ends", async () => {
  const hanging = await makeWaiting(6, 60);
  const other = await makeWaiting(1, 1);
  const [a, b] = [hanging.org.id, other.org.id];
  const claimed = await claimDeliveries(32);
  expect(orgsOf(claimed)).toEqual([a, a, a, a, b].sort());
  expect(await claimDeliveries(32)).toEqual([]);
  const [first] = claimed.filter(({ orgId }) => orgId === a);
  if (first) await finishDelivery(first, { ok: true, httpStatus: 200 });
  expect(orgsOf(await claimDeliveries(32))).toEqual([a]);
});

test("where there is room for few, each org has a turn before any has a second", async () => {
  const patient = await makeWaiting(4, 60);
  const others = [await makeWaiting(1, 2), await makeWaiting(1, 1)];
  const [a, b, c] = [patient, ...others].map(({ org }) => org.id);
  expect(orgsOf(await claimDeliveries(2))).toEqual([a, b].sort());
  expect(orgsOf(await claimDeliveries(2))).toEqual([a, c].sort());
});
