import { z } from "zod";
import { categories, riskClasses } from "#lib/policy/types.ts";

export const ToolInput = z.strictObject({ server: z.string(), tool: z.string() });
export type ToolInput = z.infer<typeof ToolInput>;

/**
 * A name accepts whatever is held now; with `heldDigest` only the definition that was looked at, so
 * that one which changed meanwhile stays held. As many as a discovery reads can be accepted at once.
 */
export const AcceptTools = z.strictObject({
  server: z.string(),
  tools: z
    .array(z.union([z.string(), z.strictObject({ name: z.string(), heldDigest: z.string() })]))
    .min(1, "Name at least one tool")
    .max(5000, "Use at most 5,000 tools"),
});
export type AcceptTools = z.infer<typeof AcceptTools>;

/** A person's own category and class of a tool, and why. */
export const OverrideTool = z.strictObject({
  ...ToolInput.shape,
  category: z.enum(categories),
  riskClass: z.enum(riskClasses),
  note: z
    .string()
    .trim()
    .min(3, "Say why, in a few words")
    .max(500, "Use at most 500 characters")
    .regex(/^[^\0]*$/, "Leave out NUL characters"),
});
export type OverrideTool = z.infer<typeof OverrideTool>;

export const SetServerReview = z.strictObject({
  server: z.string(),
  trusted: z.boolean().optional(),
  acceptsHarmless: z.boolean().optional(),
});
export type SetServerReview = z.infer<typeof SetServerReview>;
