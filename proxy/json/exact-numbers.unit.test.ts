import { expect, it } from "vitest";
import { parseExact, stringifyChanged } from "./exact-numbers.ts";

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

it("keeps escaped keys apart that V8 of Node 24 takes for each other, and digits beside them", () => {
  for (const key of ["q\\", "\\"]) JSON.parse(JSON.stringify({ [key]: 1 }));
  for (const key of ["q\n", "\n", "\t"]) {
    const source = `{${JSON.stringify(key)}:12345678901234567890,"s":"é"}`;
    expect(JSON.stringify(parseExact(source))).toBe(source);
  }
});
