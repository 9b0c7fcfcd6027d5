import { createDecipheriv, createPublicKey, diffieHellman, type KeyObject } from "node:crypto";
import { associatedData, deriveContentKey, type SecretIdentity } from "./seal.ts";

export interface OpeningKey {
  id: string;
  privateKey: KeyObject;
}

/**
 * Opens what `sealSecret` sealed. Only the proxy process imports this file (biome.json) and only it
 * holds an opening key.
 *
 * @throws Error without the secret or the ciphertext in it, when key, row or bytes do not match
 */
export function openSecret(key: OpeningKey, identity: SecretIdentity, sealed: string): string {
  const [version, keyId, ...parts] = sealed.split(".");
  const [ephemeralPublic, iv, ciphertext, tag] = parts.map((part) =>
    Buffer.from(part, "base64url"),
  );
  if (version !== "v1" || !ephemeralPublic || !iv || !ciphertext || !tag || parts.length !== 4) {
    throw new Error(`The sealed value of ${identity.name} is not in a known form`);
  }
  if (keyId !== key.id) {
    throw new Error(
      `${identity.name} was sealed for another proxy key; enter it again on the server's settings page`,
    );
  }
  const shared = diffieHellman({
    privateKey: key.privateKey,
    publicKey: createPublicKey({ key: ephemeralPublic, format: "der", type: "spki" }),
  });
  const contentKey = deriveContentKey(shared, ephemeralPublic);
  const decipher = createDecipheriv("aes-256-gcm", contentKey, iv, { authTagLength: 16 });
  decipher.setAAD(associatedData(key.id, identity));
  decipher.setAuthTag(tag);
  return Buffer.concat([decipher.update(ciphertext), decipher.final()]).toString("utf8");
}
