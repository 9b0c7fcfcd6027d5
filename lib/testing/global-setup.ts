import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { startEmbedded } from "#scripts/database/embedded.ts";
import { migrate } from "#scripts/database/migrate.ts";

declare module "vitest" {
  interface ProvidedContext {
    maintenanceUrl: string;
    templateName: string;
  }
}

/** One Postgres and one migrated template for the run; each worker clones the template. */
export default async function setup(project: TestProject) {
  const external = process.env.TEST_DATABASE_URL;
  const folder = await mkdtemp("/tmp/callgate-test-");
  const { chmodSync } = await import("node:fs");
  chmodSync(folder, 0o755);
  const embedded = external ? undefined : await startEmbedded(folder);
  const maintenanceUrl = external ?? embedded?.url ?? "";
  const templateName = `callgate_template_${process.pid}`;
  const template = new URL(maintenanceUrl);
  template.pathname = `/${templateName}`;
  await migrate(template.toString());
  project.provide("maintenanceUrl", maintenanceUrl);
  project.provide("templateName", templateName);
  return async () => {
    if (embedded) {
      await embedded.stop();
      rmSync(join(folder), { recursive: true, force: true });
      return;
    }
    const client = new pg.Client({ connectionString: maintenanceUrl });
    await client.connect();
    await client.query(`drop database if exists ${templateName} with (force)`);
    await client.end();
  };
}
