import { z } from "zod";
import { categories, riskClasses } from "#lib/policy/types.ts";

const Slug = z
  .string()
  .max(80)
  .regex(
    /^[a-z0-9](?:-?[a-z0-9])*$/,
    "A server of the catalogue is named by letters, digits and -",
  );

export const CatalogueServerInput = z.strictObject({ server: Slug });

export const CatalogueToolInput = z.strictObject({
  server: Slug,
  tool: z.string().min(1).max(256),
});

/** From 1; 50 entries a page. */
const Page = z.coerce.number().int().min(1).max(400).default(1);

export const CataloguePageInput = z.strictObject({ page: Page });

export const CatalogueServerPageInput = z.strictObject({ server: Slug, page: Page });

/** What the search form sends; an empty field is an absent one. */
export const SearchCatalogue = z.strictObject({
  query: z.string().trim().max(200).default(""),
  server: Slug.optional(),
  category: z.enum(categories).optional(),
  riskClass: z.enum(riskClasses).optional(),
  page: Page,
});
export type SearchCatalogue = z.infer<typeof SearchCatalogue>;
