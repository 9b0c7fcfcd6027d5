import { expect, test } from "vitest";
import { expectRefusal } from "#lib/testing/expectations.ts";
import { listMessages, mailMessages, sendMessage } from "./contact.ts";

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

test("each message is mailed once, and one whose mail fails is tried again", async () => {
  await sendMessage(message, "192.0.2.5");
  const failing = mailMessages(async () => {
    throw new Error("the mail server is away");
  });
  await expect(failing).rejects.toThrow("the mail server is away");
  const sent: string[] = [];
  const mailed = await mailMessages(async ({ id }) => {
    sent.push(id);
  });
  expect(mailed).toBeGreaterThan(0);
  expect(new Set(sent).size).toBe(mailed);
  expect(await mailMessages(async () => {})).toBe(0);
});
