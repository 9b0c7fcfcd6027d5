import fc from "fast-check";
import { expect, test } from "vitest";
import type { RateLimitObligation } from "../types.ts";
import { type ReplayedCall, simulateLimits } from "./simulate.ts";

const limit = (max: number, windowSeconds = 60): RateLimitObligation => ({
  kind: "rate_limit",
  limitKey: `${max}/${windowSeconds}`,
  rule: `at most ${max}`,
  max,
  windowSeconds,
  per: "agent",
});

function call(
  seconds: number,
  spec: Partial<ReplayedCall> & { limits?: RateLimitObligation[] } = {},
) {
  const { limits = [], ...rest } = spec;
  return {
    at: seconds * 1_000,
    owner: () => "one",
    foreseen: { effect: "allow" as const, rule: "r", limits },
    mayTake: limits,
    ...rest,
  };
}

const endings = (calls: ReplayedCall[]) => simulateLimits(calls).map(({ ending }) => ending);

test("a slot frees itself one window after its use, and refused calls take none", () => {
  const limits = [limit(2)];
  const times = [0, 1, 2, 59, 60, 60.5, 61, 62];
  expect(endings(times.map((each) => call(each, { limits })))).toEqual([
    "allow",
    "allow",
    "limit",
    "limit",
    "allow",
    "limit",
    "allow",
    "limit",
  ]);
});

test("several limits are taken all or none", () => {
  const both = [limit(1, 10), limit(9, 100)];
  const calls = [
    call(0, { limits: both }),
    call(1, { limits: both }),
    call(2, { limits: [limit(2, 100)] }),
  ];
  expect(endings(calls)).toEqual(["allow", "limit", "allow"]);
});

test("max: 0 admits nothing", () => {
  expect(endings([call(0, { limits: [limit(0)] })])).toEqual(["limit"]);
});

test("a call that is not certain makes later ones uncertain only where its slot would matter", () => {
  const limits = [limit(2)];
  const unknown = call(0, { limits, foreseen: null });
  const known = [1, 2, 3, 4].map((each) => call(each, { limits }));
  expect(endings([unknown, ...known])).toEqual([null, "allow", null, null, null]);
});

test("whatever the uncertain calls turn out to be, what is certain holds", () => {
  const event = fc.record({
    gap: fc.nat(20),
    isKnown: fc.boolean(),
    ending: fc.constantFrom("allow" as const, "deny" as const),
    max: fc.integer({ min: 0, max: 3 }),
  });
  const property = fc.property(fc.array(event, { maxLength: 20 }), (events) => {
    let seconds = 0;
    const timed = events.map((each) => {
      seconds += each.gap;
      const limits = [limit(each.max, 30)];
      const foreseen = {
        effect: each.ending,
        rule: "r",
        limits: each.ending === "deny" ? [] : limits,
      };
      return { known: call(seconds, { foreseen, mayTake: limits }), isKnown: each.isKnown };
    });
    const certain = endings(
      timed.map(({ known, isKnown }) => (isKnown ? known : { ...known, foreseen: null })),
    );
    const actual = endings(timed.map(({ known }) => known));
    return certain.every((each, index) => each === null || each === actual[index]);
  });
  fc.assert(property, { numRuns: 5_000 });
});
