import { createHash, randomBytes, randomUUID } from "node:crypto";
import { Client } from "pg";
import { embeddedUrl } from "#scripts/database/embedded.ts";
import { product } from "./product.ts";

/** Does to the product's database what time, or another process, would do to it. */
export async function changeDatabase(sql: string, values: readonly unknown[]): Promise<void> {
  const maintenance = embeddedUrl(product().dataDir);
  if (maintenance === null) throw new Error("The product's Postgres is not running");
  const url = new URL(maintenance);
  url.pathname = "/callgate";
  const client = new Client({ connectionString: url.toString() });
  await client.connect();
  try {
    const { rowCount } = await client.query(sql, [...values]);
    if (rowCount === 0) throw new Error(`Nothing was changed by: ${sql}`);
  } finally {
    await client.end();
  }
}

/** The path of a link as if it had been mailed to an address. */
export async function mailedLinkPath(email: string): Promise<string> {
  const token = randomBytes(32).toString("base64url");
  const digest = createHash("sha256").update(token).digest();
  await changeDatabase(
    `insert into sign_in_links (id, email, token_digest, mailed_at, expires_at)
      values ($1, $2, $3, now(), now() + interval '1 hour')`,
    [randomUUID(), email, digest],
  );
  return `/signin/link?token=${token}`;
}
