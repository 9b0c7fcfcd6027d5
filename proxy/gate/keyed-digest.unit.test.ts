import { createHmac, createSecretKey, randomBytes } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { keyedDigest } from "./keyed-digest.ts";

test("a keyed digest is HMAC-SHA-256, for keys and texts of any length", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), fc.string({ unit: "binary" }), (size, text) => {
      const key = createSecretKey(randomBytes(size));
      expect(keyedDigest(key, text)).toBe(createHmac("sha256", key).update(text).digest("hex"));
    }),
    { numRuns: 40 },
  );
});
