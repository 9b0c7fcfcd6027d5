import { createHash } from "node:crypto";
import type { LimitScope } from "#lib/policy/types.ts";

/**
 * Names a rolling window: the policy's limit, and whose slots they are. Proxy and dashboard build it
 * here, so that the one counts what the other shows.
 *
 * @param owner id of the session (or token, where there is none), agent, server or org
 */
export function windowKey(
  policyId: string,
  limitKey: string,
  per: LimitScope,
  owner: string,
): string {
  return createHash("sha256")
    .update(JSON.stringify([policyId, limitKey, per, owner]))
    .digest("base64url");
}
