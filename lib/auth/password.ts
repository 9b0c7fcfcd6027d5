import { argon2, randomBytes, timingSafeEqual } from "node:crypto";

interface Cost {
  memoryKibibytes: number;
  passes: number;
  lanes: number;
}

// OWASP password storage cheat sheet: 19 MiB, two passes, one lane.
const cost: Cost = { memoryKibibytes: 19_456, passes: 2, lanes: 1 };
const saltBytes = 16;
const tagBytes = 32;
const phc = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

/** Argon2id (RFC 9106) with a fresh salt, as a PHC string that carries its own parameters. */
export async function hashPassword(text: string): Promise<string> {
  const salt = randomBytes(saltBytes);
  return phcString(salt, await derive(text, salt, tagBytes, cost));
}

/** True when `text` is the password of `hash`; false also for a hash in no known form. */
export async function verifyPassword(text: string, hash: string): Promise<boolean> {
  const [, memory, passes, lanes, salt, tag] = phc.exec(hash) ?? [];
  if (!memory || !passes || !lanes || !salt || !tag) return false;
  const expected = Buffer.from(tag, "base64");
  const stored = {
    memoryKibibytes: Number(memory),
    passes: Number(passes),
    lanes: Number(lanes),
  };
  const actual = await derive(text, Buffer.from(salt, "base64"), expected.length, stored);
  return timingSafeEqual(actual, expected);
}

/**
 * A hash that no password is known for, with today's parameters: checking against it costs as much
 * as against a real one, so that an unknown account cannot be told from a known one by the time.
 */
export const decoyHash = phcString(Buffer.alloc(saltBytes), Buffer.alloc(tagBytes));

function derive(text: string, nonce: Buffer, tagLength: number, spent: Cost): Promise<Buffer> {
  const parameters = {
    // The same letters typed on another keyboard are the same password (NIST SP 800-63B 3.1.1.2).
    message: text.normalize("NFKC"),
    nonce,
    tagLength,
    memory: spent.memoryKibibytes,
    passes: spent.passes,
    parallelism: spent.lanes,
  };
  return new Promise((done, fail) => {
    argon2("argon2id", parameters, (error, tag) => (error ? fail(error) : done(tag)));
  });
}

function phcString(salt: Buffer, tag: Buffer): string {
  const parameters = `m=${cost.memoryKibibytes},t=${cost.passes},p=${cost.lanes}`;
  return `$argon2id$v=19$${parameters}$${unpadded(salt)}$${unpadded(tag)}`;
}

function unpadded(bytes: Buffer): string {
  return bytes.toString("base64").replace(/=+$/, "");
}
