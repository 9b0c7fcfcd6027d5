import { z } from "zod";

/**
 * The tools whose lines are accepted. With `seen`, a proposal's mark, only while it and the policy are
 * as they were looked at.
 */
export const AcceptProposal = z.strictObject({
  server: z.string(),
  tools: z.array(z.string()).max(1000, "Use at most 1,000 tools").default([]),
  /** Whether the default becomes deny. */
  denyByDefault: z.boolean().default(false),
  seen: z.string().optional(),
});
export type AcceptProposal = z.infer<typeof AcceptProposal>;
