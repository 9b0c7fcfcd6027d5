import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

export const catalogFolder = join(import.meta.dirname, "../../catalog");

const Slug = z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/);

/** One line of catalog/sources.json: a package that is started once to ask it for its tools. */
const Source = z.strictObject({
  slug: Slug,
  title: z.string().min(1),
  ecosystem: z.enum(["npm", "pypi"]),
  package: z.string().min(1),
  version: z.string().min(1),
  /** The executable, where the package has several or names it differently. */
  bin: z.string().optional(),
  args: z.array(z.string()).default([]),
  /** Placeholders that some servers want to see before they start; never a real secret. */
  env: z.record(z.string(), z.string()).default({}),
  /** Further packages to install with it, where it forgot to pin a dependency it needs. */
  with: z.array(z.string()).default([]),
  summary: z.string().min(1),
});
export type Source = z.output<typeof Source>;

/** The servers on the list, in its order. Throws where the list is malformed or a slug repeats. */
export function readSources(): Source[] {
  const text = readFileSync(join(catalogFolder, "sources.json"), "utf8");
  const sources = z.array(Source).parse(JSON.parse(text));
  const slugs = new Set(sources.map(({ slug }) => slug));
  if (slugs.size !== sources.length) throw new Error("catalog/sources.json names a slug twice.");
  return sources;
}
