import { z } from "zod";
import { RateLimitRule } from "#lib/policy/document.ts";

export const choices = ["allow", "limit", "approve", "deny", "hide"] as const;

/** One position of the rule control, with what belongs to it. */
export const ToolRule = z
  .strictObject({
    choice: z.enum(choices),
    rateLimit: RateLimitRule.optional(),
    reason: z.string().trim().max(500, "Use at most 500 characters").optional(),
  })
  .refine(
    ({ choice, rateLimit }) =>
      rateLimit === undefined || choice === "limit" || choice === "approve",
    { path: ["rateLimit"], message: "A rate limit goes with limit and approve" },
  );
export type ToolRule = z.infer<typeof ToolRule>;

/** `rule: null` takes the tools' own rules back: class and default speak again. */
export const SetToolRules = z.strictObject({
  server: z.string(),
  tools: z.array(z.string()).min(1, "Name at least one tool").max(1000, "Use at most 1,000 tools"),
  rule: ToolRule.nullable(),
});
export type SetToolRules = z.infer<typeof SetToolRules>;

export const ApplyPolicy = z.strictObject({
  server: z.string(),
  /** YAML or JSON. */
  text: z.string(),
  note: z.string().trim().max(500, "Use at most 500 characters").default(""),
});
export type ApplyPolicy = z.infer<typeof ApplyPolicy>;

export const DiffPolicy = z.strictObject({ server: z.string(), text: z.string() });
export type DiffPolicy = z.infer<typeof DiffPolicy>;

export const SetPolicyMode = z.strictObject({
  server: z.string(),
  mode: z.enum(["enforce", "observe"]),
});
export type SetPolicyMode = z.infer<typeof SetPolicyMode>;
