import { z } from "zod";

/** One spelling of an address, whoever types it: trimmed, NFKC, lower case. */
export const Email = z
  .string()
  .max(320, "Use at most 254 characters")
  .transform((text) => text.trim().normalize("NFKC").toLowerCase())
  .pipe(
    z
      .email("Enter an e-mail address, such as ada@example.com")
      .max(254, "Use at most 254 characters"),
  );
export type Email = z.infer<typeof Email>;

/** Length is the only rule: what people are forced to add makes passwords worse (NIST SP 800-63B). */
export const Password = z
  .string()
  .min(12, "Use at least 12 characters")
  .max(200, "Use at most 200 characters");
export type Password = z.infer<typeof Password>;

/** A password as typed at a door: its rules are not told there. */
const PresentedPassword = z
  .string()
  .min(1, "Enter your password")
  .max(200, "Use at most 200 characters");

const PersonName = z
  .string()
  .trim()
  .min(1, "Enter a name")
  .max(80, "Use at most 80 characters")
  .regex(/^\P{C}*$/u, "Leave out invisible characters");

export const SignUp = z.strictObject({ name: PersonName, email: Email, password: Password });
export type SignUp = z.infer<typeof SignUp>;

/** By e-mail, with the path to go to afterwards. */
export const RequestLink = z.strictObject({
  email: Email,
  next: z.string().max(2_000).nullable(),
});
export type RequestLink = z.infer<typeof RequestLink>;

/** In place of one that was forgotten. */
export const NewPassword = z.strictObject({ newPassword: Password });

/** What is missing of an account once its address is known to be right. */
export const FinishAccount = SignUp.omit({ email: true });
export type FinishAccount = z.infer<typeof FinishAccount>;

export const SignIn = z.strictObject({ email: Email, password: PresentedPassword });
export type SignIn = z.infer<typeof SignIn>;

export const ChangePassword = z.strictObject({ current: PresentedPassword, next: Password });
export type ChangePassword = z.infer<typeof ChangePassword>;

export const ConfirmPassword = z.strictObject({ password: PresentedPassword });
export type ConfirmPassword = z.infer<typeof ConfirmPassword>;

/** What a provider (GitHub, Google, OIDC) says about who signed in. */
export const ProviderAccount = z.strictObject({
  provider: z.string().min(1).max(60),
  providerAccountId: z.string().min(1).max(255),
  email: Email,
  emailVerified: z.boolean(),
  name: PersonName,
});
export type ProviderAccount = z.infer<typeof ProviderAccount>;
