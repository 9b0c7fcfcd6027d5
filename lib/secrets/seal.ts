import {
  createCipheriv,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  randomBytes,
} from "node:crypto";

/** The row a secret belongs to: authenticated with it, so that it cannot be moved to another. */
export interface SecretIdentity {
  orgId: string;
  /** Server or job id. */
  ownerId: string;
  name: string;
}

export interface SealingKey {
  id: string;
  /** SubjectPublicKeyInfo, DER. */
  publicKey: Uint8Array;
}

/**
 * Seals text so that only the holder of the private half can read it: X25519 with a fresh key pair,
 * HKDF-SHA256, AES-256-GCM (the construction of RFC 9180 in its simplest mode). The web process can
 * call this and nothing that undoes it (invariant 8).
 *
 * @returns `v1.<key id>.<ephemeral public>.<iv>.<ciphertext>.<tag>`, base64url parts
 */
export function sealSecret(key: SealingKey, identity: SecretIdentity, plaintext: string): string {
  const recipient = createPublicKey({
    key: Buffer.from(key.publicKey),
    format: "der",
    type: "spki",
  });
  const ephemeral = generateKeyPairSync("x25519");
  const ephemeralPublic = ephemeral.publicKey.export({ format: "der", type: "spki" });
  const shared = diffieHellman({ privateKey: ephemeral.privateKey, publicKey: recipient });
  const contentKey = deriveContentKey(shared, ephemeralPublic);
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", contentKey, iv, { authTagLength: 16 });
  cipher.setAAD(associatedData(key.id, identity));
  const ciphertext = Buffer.concat([cipher.update(plaintext, "utf8"), cipher.final()]);
  const parts = [ephemeralPublic, iv, ciphertext, cipher.getAuthTag()];
  return ["v1", key.id, ...parts.map((part) => part.toString("base64url"))].join(".");
}

/** Shared by both sides; binds the derived key to this exchange. */
export function deriveContentKey(shared: Buffer, ephemeralPublic: Buffer): Buffer {
  return Buffer.from(hkdfSync("sha256", shared, ephemeralPublic, "callgate secret v1", 32));
}

/** Key id and row identity, unambiguous: none of the parts can contain the separator. */
export function associatedData(keyId: string, identity: SecretIdentity): Buffer {
  return Buffer.from(
    JSON.stringify([keyId, identity.orgId, identity.ownerId, identity.name]),
    "utf8",
  );
}
