import { hash, randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";

const prefix = "cg_agt_";
const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const secretLength = 43;
const checkLength = 6;
const shape = new RegExp(`^${prefix}[0-9A-Za-z]{${secretLength + checkLength}}$`);

export interface NewAgentToken {
  /** Shown once to the person who asked for it; stored nowhere. */
  token: string;
  /** SHA-256 of the token, 32 bytes: what is stored. */
  digest: Uint8Array<ArrayBuffer>;
  /** The last four characters, so that people can tell their tokens apart. */
  last4: string;
}

/**
 * Makes a bearer token: `cg_agt_`, 43 base62 characters of 32 random bytes and 6 of the CRC32 of all
 * that precedes. Secret scanners know it by prefix and checksum, without asking anybody.
 */
export function newAgentToken(): NewAgentToken {
  const body = prefix + base62(BigInt(`0x${randomBytes(32).toString("hex")}`), secretLength);
  const token = body + checksum(body);
  return { token, digest: digest(token), last4: token.slice(-4) };
}

/**
 * SHA-256 of what a caller presents as a token, or null when prefix, shape or checksum is wrong: such
 * text never was a token, and no database needs to be asked about it.
 */
export function digestOfToken(text: string): Buffer<ArrayBuffer> | null {
  if (!shape.test(text)) return null;
  const body = text.slice(0, -checkLength);
  return checksum(body) === text.slice(-checkLength) ? digest(text) : null;
}

function digest(token: string): Buffer<ArrayBuffer> {
  return Buffer.from(hash("sha256", token, "buffer"));
}

function checksum(body: string): string {
  return base62(BigInt(crc32(body)), checkLength);
}

/** Most significant digit first, padded with zeros; 62^43 is greater than 2^256. */
function base62(value: bigint, length: number): string {
  let rest = value;
  let text = "";
  for (let at = 0; at < length; at += 1) {
    text = alphabet.charAt(Number(rest % 62n)) + text;
    rest /= 62n;
  }
  return text;
}
