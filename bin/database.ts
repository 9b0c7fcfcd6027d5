import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { AppError } from "#lib/errors.ts";
import { embeddedUrl } from "#scripts/database/embedded.ts";

/** The name `npm start` gives the database in its own Postgres. */
const embeddedName = "callgate";

/** Connection string of the installation: DATABASE_URL, else the embedded Postgres if it runs. */
export function findDatabaseUrl(): string | null {
  if (process.env.DATABASE_URL) return process.env.DATABASE_URL;
  const root = resolve(import.meta.dirname, "..");
  const maintenance = embeddedUrl(resolve(root, process.env.DATA_DIR || "data"));
  if (maintenance === null) return null;
  const url = new URL(maintenance);
  url.pathname = `/${embeddedName}`;
  return url.toString();
}

export const startFirst = "Start Callgate first (npm start) or set DATABASE_URL.";

/** Where the running installation said that it can be reached, unless the environment says so. */
function recallUrls(): void {
  const root = resolve(import.meta.dirname, "..");
  const file = join(resolve(root, process.env.DATA_DIR || "data"), "urls.json");
  if (!existsSync(file)) return;
  const urls: { publicUrl?: string; publicProxyUrl?: string } = JSON.parse(
    readFileSync(file, "utf8"),
  );
  if (urls.publicUrl) process.env.PUBLIC_URL ||= urls.publicUrl;
  if (urls.publicProxyUrl && !process.env.PROXY_PORT) {
    process.env.PUBLIC_PROXY_URL ||= urls.publicProxyUrl;
  }
}

/** Makes the verbs work on that database. @throws AppError `unavailable` when there is none */
export function prepareDatabase(): void {
  const url = findDatabaseUrl();
  if (url === null) throw new AppError("unavailable", `There is no database. ${startFirst}`);
  // lib/env reads it at the first use, which comes after this.
  process.env.DATABASE_URL = url;
  recallUrls();
}
