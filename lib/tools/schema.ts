import { z } from "zod";

export const ToolInput = z.strictObject({ server: z.string(), tool: z.string() });
export type ToolInput = z.infer<typeof ToolInput>;

/**
 * A name accepts whatever is held now; with `heldDigest` only the definition that was looked at, so
 * that one which changed meanwhile stays held.
 */
export const AcceptTools = z.strictObject({
  server: z.string(),
  tools: z
    .array(z.union([z.string(), z.strictObject({ name: z.string(), heldDigest: z.string() })]))
    .min(1, "Name at least one tool")
    .max(1000, "Use at most 1,000 tools"),
});
export type AcceptTools = z.infer<typeof AcceptTools>;
