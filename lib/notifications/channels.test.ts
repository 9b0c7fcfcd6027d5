import { generateKeyPairSync } from "node:crypto";
import { beforeAll, expect, test } from "vitest";
import { database } from "#lib/db.ts";
import { newId } from "#lib/ids.ts";
import { openSecret } from "#lib/secrets/open.ts";
import { expectAudit, expectRefusal } from "#lib/testing/expectations.ts";
import { makeOrg } from "#lib/testing/factories.ts";
import {
  createChannel,
  listChannels,
  removeChannel,
  testChannel,
  updateChannel,
} from "./channels.ts";
import { listDeliveries } from "./deliveries.ts";
import { notify } from "./outbox.ts";

const { privateKey, publicKey } = generateKeyPairSync("x25519");
const openingKey = { id: "channels-test", privateKey };
const events = ["approval.requested", "tools.held"] as const;
const webhook = {
  kind: "webhook",
  name: "On-call",
  events: [...events],
  url: "https://hooks.example.test/in?token=canary-4711",
};

beforeAll(async () => {
  const spki = publicKey.export({ format: "der", type: "spki" });
  await database().sealingKey.updateMany({ data: { retiredAt: new Date() } });
  await database().sealingKey.create({
    data: { id: openingKey.id, publicKey: new Uint8Array(spki) },
  });
});

test("a webhook's secret is shown once, and its address is stored where only the proxy can read it", async () => {
  const owner = await makeOrg();
  const { channel, secret } = await createChannel(owner, webhook);
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect(channel).toMatchObject({ kind: "webhook", target: "hooks.example.test", enabled: true });
  const stored = await database().notificationChannel.findFirstOrThrow({
    where: { id: channel.id },
  });
  const seen = JSON.stringify([stored, await listChannels(owner)]);
  for (const canary of ["canary-4711", secret ?? "", (secret ?? "").slice(6)]) {
    expect(seen).not.toContain(canary);
  }
  const identity = { orgId: owner.org.id, ownerId: channel.id };
  const open = (name: string, sealed: string | null) =>
    openSecret(openingKey, { ...identity, name }, sealed ?? "");
  expect(open("url", stored.sealedUrl)).toBe(webhook.url);
  expect(open("secret", stored.sealedSecret)).toBe(secret);
  await expectAudit(owner, { action: "notification.create", name: "On-call" });
});

test("a notice goes to the channels that want it, once each, and to no other org", async () => {
  const [owner, other] = await Promise.all([makeOrg(), makeOrg()]);
  const email = { kind: "email", name: "Mail", recipients: ["Ops@Example.test"] };
  const first = await createChannel(owner, { ...email, events: [...events] });
  await createChannel(owner, { ...email, name: "Elsewhere", events: ["server.failing"] });
  await createChannel(other, { ...email, events: [...events] });
  expect(first).toMatchObject({ channel: { target: "ops@example.test" }, secret: null });
  const notice = {
    orgId: owner.org.id,
    event: "tools.held",
    dedupe: "tools.held x 2",
    title: "2 tools are held",
    text: "They changed.",
    link: `/orgs/${owner.org.slug}/servers/x`,
    data: { tools: ["a", "b"] },
  } as const;
  const send = () => database().$transaction((transaction) => notify(transaction, notice));
  expect(await send()).toBe(1);
  expect(await send()).toBe(0);
  expect(await listDeliveries(owner)).toMatchObject([
    { channel: "Mail", event: "tools.held", state: "queued", attempts: 0 },
  ]);
  expect(await listDeliveries(other)).toEqual([]);
});

test("a notice is only sent when what it tells of is committed", async () => {
  const owner = await makeOrg();
  await createChannel(owner, webhook);
  const aborted = database().$transaction(async (transaction) => {
    const notice = { title: "t", text: "t", link: "/orgs", data: {}, dedupe: newId() };
    await notify(transaction, { orgId: owner.org.id, event: "tools.held", ...notice });
    throw new Error("rolled back");
  });
  await expect(aborted).rejects.toThrow("rolled back");
  expect(await listDeliveries(owner)).toEqual([]);
});

test("a channel that is switched off is told nothing, but can be tested", async () => {
  const owner = await makeOrg();
  const { channel } = await createChannel(owner, webhook);
  expect(await updateChannel(owner, { id: channel.id, enabled: false })).toMatchObject({
    enabled: false,
  });
  await expectAudit(owner, { action: "notification.update", name: "On-call" });
  const notice = { title: "t", text: "t", link: "/orgs", data: {}, dedupe: newId() };
  expect(
    await database().$transaction((transaction) =>
      notify(transaction, { orgId: owner.org.id, event: "tools.held", ...notice }),
    ),
  ).toBe(0);
  const { deliveryId } = await testChannel(owner, { id: channel.id });
  expect(await listDeliveries(owner, { channel: channel.id })).toMatchObject([
    { id: deliveryId, event: "channel.test", state: "queued" },
  ]);
});

test("test messages are limited, so that nobody's address is flooded", async () => {
  const owner = await makeOrg();
  const { channel } = await createChannel(owner, webhook);
  for (let count = 0; count < 20; count += 1) await testChannel(owner, { id: channel.id });
  await expectRefusal(testChannel(owner, { id: channel.id }), "rate_limited");
});

test("removing a channel erases its secrets and gives up what it was to be told", async () => {
  const owner = await makeOrg();
  const { channel } = await createChannel(owner, webhook);
  await testChannel(owner, { id: channel.id });
  await removeChannel(owner, { id: channel.id });
  expect(await listChannels(owner)).toEqual([]);
  const stored = await database().notificationChannel.findFirstOrThrow({
    where: { id: channel.id },
  });
  expect(stored).toMatchObject({ sealedUrl: null, sealedSecret: null });
  expect(await listDeliveries(owner)).toMatchObject([
    { state: "failed", error: "The channel was removed." },
  ]);
  await expectRefusal(removeChannel(owner, { id: channel.id }), "not_found");
});

test("an address that is no web address, and a channel without an event, are refused by field", async () => {
  const owner = await makeOrg();
  for (const url of ["ftp://example.test", "hooks.example.test", "javascript:alert(1)"]) {
    const refusal = await expectRefusal(createChannel(owner, { ...webhook, url }), "invalid_input");
    expect(Object.keys(refusal.fields)).toEqual(["url"]);
  }
  const without = await expectRefusal(
    createChannel(owner, { ...webhook, events: [] }),
    "invalid_input",
  );
  expect(without.fields.events).toEqual(["Choose at least one event"]);
});
