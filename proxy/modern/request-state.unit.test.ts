import { createSecretKey, randomBytes } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { openState, sealState } from "./request-state.ts";

const key = createSecretKey(randomBytes(32));
const binding = { orgId: "o", serverId: "s", agentId: "a", method: "tools/call", target: "get" };
const now = Date.UTC(2026, 10, 21);

test("a sealed state opens to what was sealed, and does not show it", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (state) => {
      const sealed = sealState(key, binding, state, now);
      expect(openState(key, binding, sealed, now)).toBe(state);
    }),
    { numRuns: 500 },
  );
});

test("no changed byte opens", () => {
  const sealed = Buffer.from(sealState(key, binding, "state", now), "base64url");
  for (let at = 0; at < sealed.length; at += 1) {
    const changed = Buffer.from(sealed);
    changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
    expect(openState(key, binding, changed.toString("base64url"), now)).toBeNull();
  }
});

test("it opens for the same org, server, agent, method and target alone, with the same key", () => {
  const sealed = sealState(key, binding, "state", now);
  for (const member of ["orgId", "serverId", "agentId", "method", "target"] as const) {
    expect(openState(key, { ...binding, [member]: "other" }, sealed, now)).toBeNull();
  }
  expect(openState(createSecretKey(randomBytes(32)), binding, sealed, now)).toBeNull();
});

test("it opens for an hour", () => {
  const sealed = sealState(key, binding, "state", now);
  expect(openState(key, binding, sealed, now + 3_599_000)).toBe("state");
  expect(openState(key, binding, sealed, now + 3_601_000)).toBeNull();
});
