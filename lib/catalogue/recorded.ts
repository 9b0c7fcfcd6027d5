import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

/** A server's definitions as scripts/catalog/record.ts wrote them: catalog/recorded, one file each. */
export const RecordedServer = z.object({
  slug: z.string().regex(/^[a-z0-9](?:-?[a-z0-9])*$/),
  title: z.string().min(1),
  summary: z.string().min(1),
  ecosystem: z.enum(["npm", "pypi"]),
  package: z.string().min(1),
  version: z.string().min(1),
  recordedAt: z.iso.date(),
  command: z.string(),
  homepage: z
    .url({ protocol: /^https?$/ })
    .nullable()
    .catch(null),
  license: z.string().nullable().catch(null),
  protocolRevision: z.string().nullable().catch(null),
  tools: z.array(z.unknown()),
});
export type RecordedServer = z.infer<typeof RecordedServer>;

const folder = join(import.meta.dirname, "../../catalog/recorded");

/**
 * The text of every recorded file, by name.
 * @throws when the folder cannot be read
 */
export function recordedFiles(): { name: string; text: string }[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => ({ name, text: readFileSync(join(folder, name), "utf8") }));
}
