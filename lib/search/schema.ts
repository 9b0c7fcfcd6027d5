import { z } from "zod";

export const FindAnything = z.strictObject({ query: z.string().trim().min(2).max(200) });
export type FindAnything = z.infer<typeof FindAnything>;
