import { database } from "#lib/db.ts";
import { AppError } from "#lib/errors.ts";
import type { SealingKey } from "./seal.ts";

/** The key to seal with now. @throws AppError `unavailable` until a proxy has started once */
export async function currentSealingKey(): Promise<SealingKey> {
  const key = await database().sealingKey.findFirst({
    where: { retiredAt: null },
    orderBy: { createdAt: "desc" },
  });
  if (key) return key;
  throw new AppError(
    "unavailable",
    "No proxy has started yet, so there is no key to seal secrets with. Start the proxy and try again.",
  );
}
