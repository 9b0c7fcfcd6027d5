import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbedded } from "./embedded.ts";
import { migrate } from "./migrate.ts";

export interface ThrowawayDatabase {
  /** Connection string; DATABASE_URL holds the same. */
  url: string;
  /** For files of processes that use it; removed with it. */
  folder: string;
  stop(): Promise<void>;
}

/**
 * A migrated database for one run of a script: the one that DATABASE_URL names, else an embedded one
 * that is gone afterwards. DATABASE_URL names it from then on.
 */
export async function startThrowawayDatabase(name: string): Promise<ThrowawayDatabase> {
  const folder = mkdtempSync(join(tmpdir(), `callgate-${name}-`));
  // The database's user must be able to enter it.
  chmodSync(folder, 0o755);
  const embedded = process.env.DATABASE_URL ? null : await startEmbedded(folder);
  const stop = async () => {
    await embedded?.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  const url = embedded ? urlOf(embedded.url, name) : (process.env.DATABASE_URL ?? "");
  process.env.DATABASE_URL = url;
  try {
    await migrate(url);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, folder, stop };
}

function urlOf(maintenance: string, name: string): string {
  const url = new URL(maintenance);
  url.pathname = `/${name}`;
  return url.toString();
}
