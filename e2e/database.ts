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
