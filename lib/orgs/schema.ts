import { z } from "zod";
import { revisions } from "#lib/policy/revisions.ts";

// Words that stand, or may come to stand, where a slug does in a URL.
const reserved = new Set([
  "admin",
  "api",
  "callgate",
  "create",
  "internal",
  "mcp",
  "new",
  "settings",
  "system",
]);

/** What stands for an org in URLs. */
export const OrgSlug = z
  .string()
  .min(2, "Use at least 2 characters")
  .max(40, "Use at most 40 characters")
  .regex(
    /^[a-z0-9](-?[a-z0-9])*$/,
    "Use lower-case letters, digits and single hyphens between them, such as acme-labs",
  )
  .refine((slug) => !reserved.has(slug), "This word is taken by a page. Choose another");
export type OrgSlug = z.infer<typeof OrgSlug>;

const OrgName = z
  .string()
  .trim()
  .min(1, "Enter a name")
  .max(80, "Use at most 80 characters")
  .regex(/^\P{C}*$/u, "Leave out invisible characters");

export const CreateOrg = z.strictObject({ name: OrgName, slug: OrgSlug });
export type CreateOrg = z.infer<typeof CreateOrg>;

/** How far back the overview counts decisions. */
export const overviewRanges = ["1h", "24h", "7d", "30d", "90d"] as const;
export type OverviewRange = (typeof overviewRanges)[number];

export const ReadOverview = z.strictObject({ range: z.enum(overviewRanges).default("24h") });
export type ReadOverview = z.input<typeof ReadOverview>;

export const RenameOrg = z.strictObject({ name: OrgName });
export type RenameOrg = z.infer<typeof RenameOrg>;

/** `null`: agents may speak any revision. */
export const SetMinimumRevision = z.strictObject({
  minimumRevision: z.enum(revisions, "Choose one of the revisions").nullable(),
});
export type SetMinimumRevision = z.infer<typeof SetMinimumRevision>;
