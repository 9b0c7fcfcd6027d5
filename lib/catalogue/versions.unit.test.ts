import fc from "fast-check";
import { expect, test } from "vitest";
import { compareVersions } from "./versions.ts";

const orders = [
  // Semantic Versioning 2.0.0, section 11.
  ["1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2"],
  ["1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.0.1", "1.1.0", "1.10.0", "2.0.0"],
  ["1.0.0-1", "1.0.0-2", "1.0.0-canary.0", "1.0.0"],
  // PEP 440, "Summary of permitted suffixes and relative ordering".
  ["1.0.dev456", "1.0a1", "1.0a2.dev456", "1.0a12.dev456", "1.0a12", "1.0b1.dev456", "1.0b2"],
  ["1.0b2", "1.0b2.post345.dev456", "1.0b2.post345", "1.0rc1.dev456", "1.0rc1", "1.0"],
  ["1.0", "1.0.post456.dev34", "1.0.post456", "1.1.dev1", "2", "1!0.1"],
  ["latest", "0.1", "2025.9.30", "2025.11.2"],
];

test.each(orders)(
  "%s is the oldest of its releases, and each is older than the next",
  (...order) => {
    for (const [at, version] of order.entries()) {
      for (const newer of order.slice(at + 1)) {
        expect(compareVersions(version, newer), `${version} < ${newer}`).toBeLessThan(0);
        expect(compareVersions(newer, version), `${newer} > ${version}`).toBeGreaterThan(0);
      }
    }
  },
);

test("any strings at all have one order", () => {
  const parts = fc.constantFrom("0", "1", "10", ".", "-", "+", "!", "a", "rc", "dev", "post", "x");
  const version = fc.oneof(
    fc.array(parts, { maxLength: 6 }).map((each) => each.join("")),
    fc.string(),
  );
  fc.assert(
    fc.property(version, version, version, (one, two, three) => {
      expect(Math.sign(compareVersions(one, two))).toBe(-Math.sign(compareVersions(two, one)) + 0);
      expect(compareVersions(one, two) === 0).toBe(one === two);
      const [first = "", middle = "", last = ""] = [one, two, three].sort(compareVersions);
      expect(compareVersions(first, middle)).toBeLessThanOrEqual(0);
      expect(compareVersions(middle, last)).toBeLessThanOrEqual(0);
      expect(compareVersions(first, last)).toBeLessThanOrEqual(0);
    }),
  );
});
