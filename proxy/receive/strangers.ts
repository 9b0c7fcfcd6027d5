import type { Socket } from "node:net";
import ipaddr from "ipaddr.js";

/**
 * Connections that have not shown the token of a known agent, counted by the address they come from: one that
 * opens many and lets them trickle takes its own places and nobody else's. Known agents are held to their shares
 * (capacity.ts) instead, so that those behind one address do not shut each other out.
 */
export class Strangers {
  readonly #mostPerAddress: number;
  readonly #places = new Map<string, number>();
  readonly #leave = new WeakMap<Socket, () => void>();

  constructor(mostPerAddress: number) {
    this.#mostPerAddress = mostPerAddress;
  }

  /** Gives a new connection a place until it closes or is known; false when its address has none left. */
  admit(socket: Socket): boolean {
    const address = networkOf(socket.remoteAddress);
    const taken = this.#places.get(address) ?? 0;
    if (taken >= this.#mostPerAddress) return false;
    this.#places.set(address, taken + 1);
    const leave = () => {
      if (!this.#leave.delete(socket)) return;
      const left = (this.#places.get(address) ?? 1) - 1;
      if (left > 0) this.#places.set(address, left);
      else this.#places.delete(address);
    };
    this.#leave.set(socket, leave);
    socket.once("close", leave);
    return true;
  }

  /** The connection belongs to an agent; it needs a stranger's place no longer. */
  know(socket: Socket): void {
    this.#leave.get(socket)?.();
  }
}

/** An IPv4 address, or the network of 64 bits that an IPv6 address is one of: its owner has all of them. */
function networkOf(address: string | undefined): string {
  if (address === undefined || !ipaddr.isValid(address)) return "";
  const parsed = ipaddr.process(address);
  return parsed.kind() === "ipv4"
    ? parsed.toString()
    : parsed.toNormalizedString().split(":").slice(0, 4).join(":");
}
