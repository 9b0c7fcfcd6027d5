import { z } from "zod";

export const decisions = ["allowed", "limited", "approval", "denied", "hidden"] as const;
export type CallDecision = (typeof decisions)[number];

/** `running`: forwarded, not yet answered. `unknown`: no answer was seen; it may have run. */
export const outcomes = [
  "ok",
  "tool_error",
  "upstream_error",
  "cancelled",
  "unknown",
  "running",
] as const;
export type CallOutcome = (typeof outcomes)[number];

/** Agents by name, servers by slug. `before` pages back in time, `after` asks for what is newer. */
export const ListCalls = z
  .strictObject({
    limit: z.int().min(1).max(500).default(50),
    before: z.uuid("Use the id of a call").toLowerCase().optional(),
    after: z.uuid("Use the id of a call").toLowerCase().optional(),
    agent: z.string().optional(),
    server: z.string().optional(),
    tool: z.string().optional(),
    decision: z.enum(decisions).optional(),
    outcome: z.enum(outcomes).optional(),
  })
  .refine(({ before, after }) => before === undefined || after === undefined, {
    path: ["after"],
    message: "Use before or after, not both",
  });
export type ListCalls = z.infer<typeof ListCalls>;

export const CallInput = z.strictObject({ id: z.string() });
export type CallInput = z.infer<typeof CallInput>;

export const FirstCallOf = z.strictObject({ agent: z.string() });
export type FirstCallOf = z.infer<typeof FirstCallOf>;
