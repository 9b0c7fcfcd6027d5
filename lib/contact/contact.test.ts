import { expect, test } from "vitest";
import { database } from "#lib/db.ts";
import { expectRefusal } from "#lib/testing/expectations.ts";
import {
  type ContactMessageRow,
  claimMessageToMail,
  finishMessageToMail,
  listMessages,
  sendMessage,
} from "./contact.ts";

const message = {
  name: "Robin Vale",
  email: "Robin@Example.test",
  message: "How do I gate a server of my own?",
};

test("a message is kept for the operator, newest first", async () => {
  await sendMessage(message, "192.0.2.1");
  await sendMessage({ ...message, message: "And a second question." }, "192.0.2.1");
  expect(await listMessages()).toMatchObject([
    { message: "And a second question.", mailedAt: null },
    { name: "Robin Vale", email: "robin@example.test" },
  ]);
});

test("a program that fills in the field people do not see is answered alike, and nothing is kept", async () => {
  const before = (await listMessages()).length;
  await sendMessage({ ...message, website: "https://spam.example" }, "192.0.2.2");
  expect((await listMessages()).length).toBe(before);
});

test("what is missing is named by field, and more than five messages an hour are refused", async () => {
  const refusal = await expectRefusal(
    sendMessage({ name: " ", email: "robin", message: "Hi" }, "192.0.2.3"),
    "invalid_input",
  );
  expect(Object.keys(refusal.fields).sort()).toEqual(["email", "message", "name"]);
  for (let count = 0; count < 5; count += 1) await sendMessage(message, "192.0.2.3");
  await expectRefusal(sendMessage(message, "192.0.2.3"), "rate_limited");
  await sendMessage(message, "192.0.2.4");
});

/** Every message that waits, as a worker takes them. */
async function claimAll(): Promise<ContactMessageRow[]> {
  const claimed: ContactMessageRow[] = [];
  for (;;) {
    const next = await claimMessageToMail(claimed.at(-1) ?? null);
    if (!next) return claimed;
    claimed.push(next);
  }
}

const lapse = () =>
  database().contactMessage.updateMany({
    where: { claimedUntil: { not: null } },
    data: { claimedUntil: new Date(0) },
  });

test("each message is mailed by one worker; one that failed, or whose worker died, is mailed later", async () => {
  await sendMessage({ ...message, message: "A message to be mailed." }, "192.0.2.5");
  const claimed = (await Promise.all([claimAll(), claimAll()])).flat();
  expect(new Set(claimed.map(({ id }) => id)).size).toBe(claimed.length);
  const [late, refused, dead, ...rest] = claimed;
  if (!late || !refused || !dead) throw new Error("three messages were to be mailed");
  await finishMessageToMail(late, "later");
  await finishMessageToMail(refused, "refused");
  for (const each of rest) await finishMessageToMail(each, "mailed");
  expect((await claimAll()).map(({ id }) => id)).toEqual([late.id]);
  await finishMessageToMail(late, "mailed");
  expect(await claimAll()).toEqual([]);
  await lapse();
  const left = await claimAll();
  expect(left.map(({ id }) => id).sort()).toEqual([refused.id, dead.id].sort());
  for (const each of left) await finishMessageToMail(each, "mailed");
  await lapse();
  expect(await claimAll()).toEqual([]);
});
