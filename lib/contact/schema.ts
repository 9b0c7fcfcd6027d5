import { z } from "zod";
import { Email } from "#lib/auth/schema.ts";

/** A question from the contact page. `website` is bait: people do not see the field, programs fill it. */
export const SendMessage = z.strictObject({
  name: z.string().trim().min(1, "Enter your name").max(120),
  email: Email,
  message: z.string().trim().min(10, "Write at least a sentence").max(5_000),
  website: z.string().max(500).default(""),
});
export type SendMessage = z.infer<typeof SendMessage>;
