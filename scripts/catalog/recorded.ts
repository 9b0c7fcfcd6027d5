import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { ToolDefinition } from "#lib/catalog/types.ts";
import { catalogFolder } from "./source.ts";

/** A server's definitions on record, as record.ts wrote them. */
export interface RecordedServer {
  slug: string;
  package: string;
  version: string;
  tools: ToolDefinition[];
}

const Recorded = z.object({
  slug: z.string(),
  package: z.string(),
  version: z.string(),
  // Its own documents: each entry was a tool in a server's answer.
  tools: z.array(
    z.custom<ToolDefinition>(
      (value) => z.looseObject({ name: z.string() }).safeParse(value).success,
    ),
  ),
});

/** Every server in catalog/recorded, by slug. */
export function readRecorded(): ReadonlyMap<string, RecordedServer> {
  const folder = join(catalogFolder, "recorded");
  const files = readdirSync(folder).filter((file) => file.endsWith(".json"));
  const servers = files.map((file) =>
    Recorded.parse(JSON.parse(readFileSync(join(folder, file), "utf8"))),
  );
  return new Map(servers.map((server) => [server.slug, server]));
}
