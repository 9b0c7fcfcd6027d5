import { expect, test } from "vitest";
import { idFloor, isId, newId } from "./ids.ts";

test("ids of one process ascend, however many are made in a millisecond, and none comes twice", () => {
  const ids = Array.from({ length: 20_000 }, newId);
  expect([...ids].sort()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
});

test("an id is a UUID v7 of the moment it was made", () => {
  const before = idFloor(new Date());
  const id = newId();
  expect(isId(id)).toBe(true);
  expect(id).toMatch(/^.{14}7.{4}[89ab]/);
  expect(id > before).toBe(true);
  expect(id < idFloor(new Date(Date.now() + 1_000))).toBe(true);
});
