import { currentSealingKey } from "#lib/secrets/keys.ts";
import { sealSecret } from "#lib/secrets/seal.ts";
import type { Prisma } from "#prisma/client.ts";
import { checkConnector } from "./connector-settings.ts";
import type { PlainSecret } from "./plan.ts";
import type { ConnectionTarget } from "./schema.ts";

/** How a server is reached, with what is secret apart from what is not. */
export interface CheckedTarget {
  kind: "url" | "connector";
  url: string | null;
  connector: string | null;
  settings: Prisma.InputJsonObject;
  /** Plain text, on its way to `sealSecrets` and nowhere else. */
  secrets: PlainSecret[];
}

/** Splits a target into settings and secrets. @throws AppError `invalid_input` by field */
export function checkTarget(target: ConnectionTarget): CheckedTarget {
  switch (target.kind) {
    case "url":
      return {
        kind: "url",
        url: target.url,
        connector: null,
        settings: {},
        secrets: target.headers.map(({ name, value }) => ({ name: `header:${name}`, value })),
      };
    case "connector":
      return {
        kind: "connector",
        url: null,
        ...checkConnector(target.connector, target.settings),
      };
  }
}

/**
 * Seals secrets for one owner, a server or a job; nothing is asked of the proxy when there are none.
 * @throws AppError `unavailable` until a proxy has started once
 */
export async function sealSecrets(
  orgId: string,
  ownerId: string,
  secrets: readonly PlainSecret[],
): Promise<{ name: string; sealed: string }[]> {
  if (secrets.length === 0) return [];
  const key = await currentSealingKey();
  return secrets.map(({ name, value }) => ({
    name,
    sealed: sealSecret(key, { orgId, ownerId, name }, value),
  }));
}
