import { expect, test } from "vitest";
import { runSentence } from "./run-sentence.ts";
import { isSecretName } from "./secret-names.ts";

test("values under names of secrets are covered, in any spelling", () => {
  for (const name of [
    "password",
    "apiKey",
    "API_KEY",
    "client-secret",
    "authToken",
    "Authorization",
    "privateKey",
    "db_passwd",
    "token",
  ]) {
    expect(isSecretName(name), name).toBe(true);
  }
});

test("what only sounds like a secret is shown", () => {
  for (const name of [
    "max_tokens",
    "page_token",
    "next_page_token",
    "tokens",
    "key",
    "author",
    "amount",
  ]) {
    expect(isSecretName(name), name).toBe(false);
  }
});

const said = (serverName: string, args: unknown) =>
  runSentence(serverName, args)
    .map(({ text }) => text)
    .join("");

test("one sentence says what will run, without the secrets in it", () => {
  const args = { amount: 120.5, currency: "EUR", password: "hunter2", note: "x".repeat(80) };
  expect(said("Billing", args)).toBe(
    "runs once on Billing, with amount = 120.5, currency = “EUR”, password = •••• and 1 more argument.",
  );
  expect(said("Billing", {})).toBe("runs once on Billing, without arguments.");
  expect(said("Billing", { id: "4711" })).toBe("runs once on Billing, with id = “4711”.");
});

test("the names of arguments stand apart from the words and values around them", () => {
  const parts = runSentence("Billing", { to: "acct_1, amount = 1", amount: 12_500 });
  expect(parts.filter(({ isName }) => isName).map(({ text }) => text)).toEqual(["to", "amount"]);
});

test("a sentence names five arguments at most, in the order of the call", () => {
  const args = { a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7 };
  expect(said("Billing", args)).toBe(
    "runs once on Billing, with a = 1, b = 2, c = 3, d = 4, e = 5 and 2 more arguments.",
  );
});
