import { z } from "zod";

/** Servers by slug, agents by name; neither: every limit of the org that is in use. */
export const ListLimitUsage = z.strictObject({
  server: z.string().optional(),
  agent: z.string().optional(),
});
export type ListLimitUsage = z.infer<typeof ListLimitUsage>;

export const ResetLimit = z.strictObject({ server: z.string(), key: z.string() });
export type ResetLimit = z.infer<typeof ResetLimit>;
