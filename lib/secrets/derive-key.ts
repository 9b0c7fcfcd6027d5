import { createSecretKey, hkdfSync, type KeyObject } from "node:crypto";

/**
 * A symmetric key for one purpose, the same in every proxy that holds the opening key (HKDF-SHA256,
 * RFC 5869). Only the proxy process can make it.
 *
 * @param openingKey the private half
 * @param purpose names the use and its version; two purposes have nothing in common
 * @returns 32 bytes
 */
export function deriveKey(openingKey: KeyObject, purpose: string): KeyObject {
  const root = openingKey.export({ format: "der", type: "pkcs8" });
  return createSecretKey(Buffer.from(hkdfSync("sha256", root, "", purpose, 32)));
}
