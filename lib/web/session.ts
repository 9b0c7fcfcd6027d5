import "server-only";
import { headers } from "next/headers";
import { forbidden, notFound } from "next/navigation";
import { cache } from "react";
import type { OrgContext } from "#lib/auth/context.ts";
import { hasPermission, type Permission, requirePermission } from "#lib/auth/permissions.ts";
import { checkUserSession, type SessionUser } from "#lib/auth/sessions.ts";
import { AppError } from "#lib/errors.ts";
import { findOrgContext } from "#lib/orgs/orgs.ts";
import { readSessionId } from "./auth.ts";
import { goTo } from "./go-to.ts";
import { signInPath } from "./return-path.ts";

export type SignedInUser = SessionUser;
export type WebContext = OrgContext & { user: SignedInUser };

/** Who is signed in, or null; looked up once a request. */
export const currentUser = cache(async (): Promise<SignedInUser | null> => {
  const sessionId = await readSessionId();
  return sessionId === null ? null : checkUserSession(sessionId);
});

const orgOfUser = cache((user: SignedInUser, orgSlug: string) => findOrgContext(user, orgSlug));

/** Who is signed in; anybody else is sent to sign in and comes back to `path`. */
export async function requireUser(path = "/orgs"): Promise<SignedInUser> {
  return (await currentUser()) ?? goTo(signInPath(path));
}

/**
 * The context of a page of an org. Not signed in: to the sign-in page; not a member, or no such org:
 * 404; a role that may not do this: 403.
 */
export async function requireOrg(orgSlug: string, permission: Permission): Promise<WebContext> {
  const user = await requireUser(`/orgs/${orgSlug}`);
  const context = await orgOfUser(user, orgSlug);
  if (!context) notFound();
  if (!hasPermission(context.role, permission)) forbidden();
  return { ...context, user, signedInAt: user.authenticatedAt };
}

/**
 * The same for actions and route handlers, which answer instead of redirecting.
 * @throws AppError `unauthenticated`, `not_found`, `forbidden`
 */
export async function orgContextOf(orgSlug: string, permission: Permission): Promise<WebContext> {
  const user = await currentUser();
  if (!user) throw new AppError("unauthenticated", "You are signed out. Sign in and try again.");
  const context = await orgOfUser(user, orgSlug);
  if (!context) throw new AppError("not_found", "There is no such org, or you are not a member.");
  requirePermission(context, permission);
  return { ...context, user, signedInAt: user.authenticatedAt };
}

/** Whether the role of a context allows something: to leave out what would be refused anyway. */
export function may(context: OrgContext, permission: Permission): boolean {
  return hasPermission(context.role, permission);
}

/** The network address of whoever asks, as the nearest hop reports it; for throttles only. */
export async function clientAddress(): Promise<string> {
  const hops = (await headers()).get("x-forwarded-for")?.split(",") ?? [];
  return hops.at(-1)?.trim() || "unknown";
}
