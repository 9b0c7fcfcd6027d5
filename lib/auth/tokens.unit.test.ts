import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { digestOfToken, newAgentToken } from "./tokens.ts";

test("a token has the documented form and its digest is SHA-256 of it", () => {
  const { token, digest, last4 } = newAgentToken();
  expect(token).toMatch(/^cg_agt_[0-9A-Za-z]{49}$/);
  expect(Buffer.from(digest)).toEqual(createHash("sha256").update(token).digest());
  expect(token.endsWith(last4)).toBe(true);
  expect(digestOfToken(token)).toEqual(Buffer.from(digest));
});

test("a thousand tokens are a thousand different ones, all of full length", () => {
  const tokens = Array.from({ length: 1000 }, () => newAgentToken().token);
  expect(new Set(tokens).size).toBe(1000);
  expect(tokens.every((token) => digestOfToken(token) !== null)).toBe(true);
});

test("one wrong character anywhere is noticed without asking the database", () => {
  const { token } = newAgentToken();
  for (let at = 0; at < token.length; at += 1) {
    const other = token.charAt(at) === "x" ? "y" : "x";
    expect(digestOfToken(token.slice(0, at) + other + token.slice(at + 1))).toBeNull();
  }
});

test("what is no token at all is refused", () => {
  const { token } = newAgentToken();
  for (const text of ["", "cg_agt_", token.slice(0, -1), `${token}0`, ` ${token}`, `${token}\n`]) {
    expect(digestOfToken(text)).toBeNull();
  }
});
