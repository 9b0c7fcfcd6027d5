import { expect, test } from "vitest";
import { decoyHash, hashPassword, verifyPassword } from "./password.ts";

test("a password is known again, and only that one", async () => {
  const hash = await hashPassword("correct horse battery");
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(await verifyPassword("correct horse battery", hash)).toBe(true);
  expect(await verifyPassword("correct horse batterY", hash)).toBe(false);
});

test("the same password is stored differently for every account", async () => {
  const [one, two] = await Promise.all([hashPassword("same words"), hashPassword("same words")]);
  expect(one).not.toBe(two);
});

test("letters composed by another keyboard are the same password", async () => {
  const hash = await hashPassword("caf\u00e9 au lait, s'il vous pla\u00eet");
  expect(await verifyPassword("cafe\u0301 au lait, s'il vous plai\u0302t", hash)).toBe(true);
});

test("a stored hash in no known form lets nobody in", async () => {
  for (const hash of ["", "plain", "$argon2id$v=19$m=19456,t=2,p=1$$", "$2b$10$abcdefghijk"]) {
    expect(await verifyPassword("anything", hash)).toBe(false);
  }
});

test("the decoy refuses and has the parameters of a real hash", async () => {
  expect(await verifyPassword("", decoyHash)).toBe(false);
  const real = await hashPassword("anything");
  expect(decoyHash.split("$").slice(0, 4)).toEqual(real.split("$").slice(0, 4));
  expect(decoyHash.length).toBe(real.length);
});
