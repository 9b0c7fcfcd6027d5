import { hash, type KeyObject } from "node:crypto";

interface Pads {
  inner: Uint8Array;
  outer: Uint8Array;
}

const padsOf = new WeakMap<KeyObject, Pads>();

/**
 * HMAC-SHA-256 (RFC 2104) in hexadecimal, equal to what `createHmac` gives. Two one-shot digests over
 * a key prepared once leave no object behind that the collector has to finalise.
 */
export function keyedDigest(key: KeyObject, text: string): string {
  let pads = padsOf.get(key);
  if (!pads) {
    pads = makePads(key);
    padsOf.set(key, pads);
  }
  const inner = hash("sha256", Buffer.concat([pads.inner, Buffer.from(text)]), "buffer");
  return hash("sha256", Buffer.concat([pads.outer, inner]), "hex");
}

/** Block size of SHA-256; a longer key is replaced by its digest. */
const blockBytes = 64;

function makePads(key: KeyObject): Pads {
  const exported = key.export();
  const block = Buffer.alloc(blockBytes);
  (exported.length > blockBytes ? hash("sha256", exported, "buffer") : exported).copy(block);
  return { inner: block.map((byte) => byte ^ 0x36), outer: block.map((byte) => byte ^ 0x5c) };
}
