import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Pool } from "pg";
import type { OpeningKey } from "./open.ts";

/**
 * The proxy's opening key: from `given` (PKCS #8, base64) when the operator provides one, else from
 * a file in `folder` that is made at the first start, readable by its owner only. Its public half is
 * published for the web process.
 */
export async function loadOpeningKey(
  pool: Pool,
  folder: string,
  given: string | undefined,
): Promise<OpeningKey> {
  const file = join(folder, "proxy.key");
  if (!given && !existsSync(file)) {
    mkdirSync(folder, { recursive: true });
    const made = generateKeyPairSync("x25519").privateKey;
    const text = made.export({ format: "der", type: "pkcs8" }).toString("base64");
    // `wx`: of two proxies that start at once, one makes the key and the other reads it.
    try {
      writeFileSync(file, text, { mode: 0o600, flag: "wx" });
    } catch (error) {
      if (!existsSync(file)) throw error;
    }
  }
  const encoded = given ?? readFileSync(file, "utf8");
  const privateKey = createPrivateKey({
    key: Buffer.from(encoded.trim(), "base64"),
    format: "der",
    type: "pkcs8",
  });
  const publicKey = createPublicKey(privateKey).export({ format: "der", type: "spki" });
  const id = createHash("sha256").update(publicKey).digest("hex").slice(0, 16);
  await pool.query(
    "insert into sealing_keys (id, public_key) values ($1, $2) on conflict (id) do nothing",
    [id, publicKey],
  );
  return { id, privateKey };
}
