import type { OrgContext } from "#lib/auth/context.ts";
import { database } from "#lib/db.ts";
import type { PolicyDocument } from "#lib/policy/document.ts";
import { parsePolicy } from "#lib/policy/parse.ts";
import { findServer } from "#lib/servers/find.ts";
import { refusePolicy } from "./change.ts";

/** A server with its default policy and the version in force. @throws AppError `not_found` */
export async function readPolicy(context: OrgContext, slug: string) {
  const orgId = context.org.id;
  const server = await findServer(context, slug);
  const { policyId } = server;
  const policy = await database().policy.findUniqueOrThrow({
    where: { orgId_id: { orgId, id: policyId } },
  });
  const version = await database().policyVersion.findUniqueOrThrow({
    where: { orgId_policyId_version: { orgId, policyId, version: policy.version } },
  });
  return { server, policy, version };
}

/** What the editor holds. @throws AppError `invalid_input`, each problem with its line */
export function parseDraft(text: string): PolicyDocument {
  const parsed = parsePolicy(text);
  if (parsed.ok) return parsed.document;
  throw refusePolicy(parsed.errors, "text");
}
