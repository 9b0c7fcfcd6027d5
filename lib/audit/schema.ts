import { z } from "zod";

export const ListAuditEvents = z.strictObject({
  /** The id of the last event of the page before. */
  cursor: z.uuid().optional(),
  limit: z.number().int().min(1).max(200).default(50),
});
export type ListAuditEvents = z.input<typeof ListAuditEvents>;
