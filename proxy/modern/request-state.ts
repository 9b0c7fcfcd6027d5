import {
  createCipheriv,
  createDecipheriv,
  createHash,
  type KeyObject,
  randomBytes,
} from "node:crypto";

/** What a server's state belongs to; presented with anything else it does not open. */
export interface StateBinding {
  orgId: string;
  serverId: string;
  agentId: string;
  method: string;
  /** Tool, prompt or URI. */
  target: string;
}

/** Long enough for a person to approve the repeated call as well. */
const lifetimeSeconds = 3_600;
const version = 1;
const headBytes = 1 + 12;
const tagBytes = 16;

/**
 * Seals a server's `requestState` for the way through the agent: AES-256-GCM, bound to who asked
 * what, for one hour (2026-07-28, "Multi round-trip requests": clients return it, so it is untrusted).
 *
 * @param key 32 bytes, the same in every proxy
 * @param now milliseconds since 1970
 */
export function sealState(
  key: KeyObject,
  binding: StateBinding,
  state: string,
  now: number,
): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  cipher.setAAD(associated(binding));
  const expires = Buffer.alloc(6);
  expires.writeUIntBE(Math.floor(now / 1000) + lifetimeSeconds, 0, 6);
  const sealed = Buffer.concat([
    Buffer.of(version),
    nonce,
    cipher.update(expires),
    cipher.update(state, "utf8"),
    cipher.final(),
    cipher.getAuthTag(),
  ]);
  return sealed.toString("base64url");
}

/** The server's own state, byte for byte; null when it was not sealed for this, or is too old. */
export function openState(
  key: KeyObject,
  binding: StateBinding,
  sealed: string,
  now: number,
): string | null {
  const bytes = Buffer.from(sealed, "base64url");
  if (bytes.length < headBytes + 6 + tagBytes || bytes[0] !== version) return null;
  // Base64 has spellings that decode to the same bytes; one state has one spelling.
  if (bytes.toString("base64url") !== sealed) return null;
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(1, headBytes));
    decipher.setAAD(associated(binding));
    decipher.setAuthTag(bytes.subarray(-tagBytes));
    const plain = Buffer.concat([
      decipher.update(bytes.subarray(headBytes, -tagBytes)),
      decipher.final(),
    ]);
    return plain.readUIntBE(0, 6) * 1000 < now ? null : plain.subarray(6).toString("utf8");
  } catch {
    return null;
  }
}

function associated(binding: StateBinding): Buffer {
  const { orgId, serverId, agentId, method, target } = binding;
  const parts = ["callgate request state", orgId, serverId, agentId, method, target];
  return createHash("sha256").update(JSON.stringify(parts)).digest();
}
