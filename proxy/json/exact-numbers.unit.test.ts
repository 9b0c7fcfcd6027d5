import { expect, it } from "vitest";
import { stringifyChanged } from "./exact-numbers.ts";

it("keeps the digits of integers beyond 2^53 and applies the change", () => {
  const source =
    '{"id":1,"a":[12345678901234567891,-12345678901234567891,0.1],"s":"12345678901234567891"}';
  const change = (value: { id: unknown }) => {
    value.id = "agent";
  };
  const value = JSON.parse(source);
  change(value);
  expect(stringifyChanged(source, value, change)).toBe(source.replace('"id":1', '"id":"agent"'));
});
