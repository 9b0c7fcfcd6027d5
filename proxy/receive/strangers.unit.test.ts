import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import { expect, test } from "vitest";
import { Strangers } from "./strangers.ts";

/** A connection, as far as it is looked at: its address, and that it closes. */
function connectionFrom(remoteAddress: string): Socket {
  return Object.assign(new EventEmitter(), { remoteAddress }) as unknown as Socket;
}

test("an address has so many connections nobody is known by, and others have as many", () => {
  const strangers = new Strangers(2);
  const admit = (address: string) => strangers.admit(connectionFrom(address));
  expect([admit("192.0.2.1"), admit("192.0.2.1"), admit("192.0.2.1")]).toEqual([true, true, false]);
  expect([admit("192.0.2.2"), admit("::ffff:192.0.2.1")]).toEqual([true, false]);
});

test("a network of IPv6 counts as one address, as its owner has all of it", () => {
  const strangers = new Strangers(1);
  const admit = (address: string) => strangers.admit(connectionFrom(address));
  expect([admit("2001:db8::1"), admit("2001:db8::2:0:0:1")]).toEqual([true, false]);
  expect([admit("2001:db8:0:1::1"), admit("2001:db8:0:1:ffff::")]).toEqual([true, false]);
});

test("a connection gives its place back once, when it closes or its agent is known", () => {
  const strangers = new Strangers(1);
  const [first, second, third] = Array.from({ length: 3 }, () => connectionFrom("192.0.2.1"));
  if (!first || !second || !third) return expect.unreachable();
  expect(strangers.admit(first)).toBe(true);
  strangers.know(first);
  expect(strangers.admit(second)).toBe(true);
  strangers.know(first);
  first.emit("close");
  expect(strangers.admit(third)).toBe(false);
  second.emit("close");
  expect(strangers.admit(third)).toBe(true);
});
