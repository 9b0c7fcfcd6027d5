import { AppError } from "#lib/errors.ts";
import type { Prisma } from "#prisma/client.ts";

/** A secret in plain text, on its way to `sealSecrets` and nowhere else. */
export interface PlainSecret {
  /** `header:<Name>` or `field:<name>`. */
  name: string;
  value: string;
}

/** What an update does to a server's connection. */
export interface ConnectionPlan {
  data: { url?: string; settings?: Prisma.InputJsonObject };
  /** New values of secrets. */
  secrets: PlainSecret[];
  /** Names of secrets that stay as they are; all others are erased. */
  kept: string[];
  /** It leads elsewhere from now on: what answers there, nobody has seen yet. */
  hasMoved: boolean;
}

/** Names the secrets whose value is needed, and why. */
export function enterAgain(field: string, names: readonly string[], hasMoved: boolean): AppError {
  const list = names.join(", ");
  return new AppError(
    "invalid_input",
    hasMoved
      ? `Secrets are only sent where they were entered for. The address changes, so enter these again: ${list}.`
      : `Enter a value for: ${list}.`,
    { fields: { [field]: [`Enter the value of ${list}`] } },
  );
}
