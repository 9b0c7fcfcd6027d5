import { createHash, randomBytes, randomUUID } from "node:crypto";
import { Client, type QueryResult, type QueryResultRow } from "pg";
import { embeddedUrl } from "#scripts/database/embedded.ts";
import { product } from "./product.ts";

/** Does to the product's database what time, or another process, would do to it. */
export async function changeDatabase(sql: string, values: readonly unknown[]): Promise<void> {
  const { rowCount } = await query(sql, values);
  if (rowCount === 0) throw new Error(`Nothing was changed by: ${sql}`);
}

/** The id of the job that an org asked for last; no command and no page shows it. */
export async function newestJobOf(org: string): Promise<string> {
  const sql = `select j.id from jobs j join orgs o on o.id = j.org_id
    where o.slug = $1 order by j.id desc limit 1`;
  const { rows } = await query<{ id: string }>(sql, [org]);
  if (rows[0] === undefined) throw new Error(`${org} has asked for no job`);
  return rows[0].id;
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

async function query<Row extends QueryResultRow>(
  sql: string,
  values: readonly unknown[],
): Promise<QueryResult<Row>> {
  const maintenance = embeddedUrl(product().dataDir);
  if (maintenance === null) throw new Error("The product's Postgres is not running");
  const url = new URL(maintenance);
  url.pathname = "/callgate";
  const client = new Client({ connectionString: url.toString() });
  await client.connect();
  try {
    return await client.query<Row>(sql, [...values]);
  } finally {
    await client.end();
  }
}
