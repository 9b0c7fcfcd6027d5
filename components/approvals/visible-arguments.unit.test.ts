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

test("one sentence says what will run, without the secrets in it", () => {
  const args = { amount: 120.5, currency: "EUR", password: "hunter2", note: "x".repeat(80) };
  expect(runSentence("Billing", args)).toBe(
    "runs once on Billing, with amount = 120.5, currency = “EUR”, password = •••• and 1 more argument.",
  );
  expect(runSentence("Billing", {})).toBe("runs once on Billing, without arguments.");
  expect(runSentence("Billing", { id: "4711" })).toBe("runs once on Billing, with id = “4711”.");
});
