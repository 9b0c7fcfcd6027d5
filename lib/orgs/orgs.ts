import { changeOrg } from "#lib/audit/change.ts";
import type { OrgContext, OrgRef } from "#lib/auth/context.ts";
import { type Role, requirePermission } from "#lib/auth/permissions.ts";
import type { User } from "#lib/auth/user.ts";
import { database, isUniqueViolation } from "#lib/db.ts";
import { AppError } from "#lib/errors.ts";
import { newId } from "#lib/ids.ts";
import { parseInput } from "#lib/input.ts";
import { CreateOrg, RenameOrg } from "./schema.ts";

const orgFields = { id: true, slug: true, name: true } as const;

/**
 * A new org with its maker as owner (no tenant yet).
 * @throws AppError `invalid_input`, `conflict` when the slug is taken
 */
export async function createOrgForUser(user: User, input: CreateOrg): Promise<OrgRef> {
  const { name, slug } = parseInput(CreateOrg, input);
  const org: OrgRef = { id: newId(), slug, name };
  const actor = { kind: "user", id: user.id, name: user.name, email: user.email } as const;
  try {
    await changeOrg({ org, actor, role: "owner" }, "plain", async (transaction, audit) => {
      await transaction.org.create({ data: org });
      await transaction.member.create({ data: { orgId: org.id, userId: user.id, role: "owner" } });
      await audit({ action: "org.create", subject: subjectOf(org), detail: { slug } });
    });
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new AppError("conflict", `The address “${slug}” is taken. Choose another.`, {
      fields: { slug: ["This address is taken. Choose another"] },
    });
  }
  return org;
}

/** The orgs a user belongs to, with the role in each, by name (no tenant). */
export async function listOrgsOfUser(userId: string): Promise<{ org: OrgRef; role: Role }[]> {
  return database().member.findMany({
    where: { userId },
    orderBy: { org: { name: "asc" } },
    select: { org: { select: orgFields }, role: true },
  });
}

/** What a user is given to work with in an org; null when there is no such org for this user. */
export async function findOrgContext(user: User, orgSlug: string): Promise<OrgContext | null> {
  const member = await database().member.findFirst({
    where: { userId: user.id, org: { slug: orgSlug } },
    select: { org: { select: orgFields }, role: true },
  });
  if (!member) return null;
  const actor = { kind: "user", id: user.id, name: user.name, email: user.email } as const;
  return { org: member.org, actor, role: member.role };
}

/**
 * The operator's context: whoever can run commands on the machine owns what is on it.
 * @throws AppError `not_found`
 */
export async function operatorContext(orgSlug: string): Promise<OrgContext> {
  const org = await database().org.findUnique({ where: { slug: orgSlug }, select: orgFields });
  if (!org) throw new AppError("not_found", `There is no org “${orgSlug}”.`);
  return { org, actor: { kind: "operator", name: "command line" }, role: "owner" };
}

/** Gives the org another name; its slug, which agents' URLs contain, stays. */
export async function renameOrg(context: OrgContext, input: RenameOrg): Promise<OrgRef> {
  requirePermission(context, "org.update");
  const { name } = parseInput(RenameOrg, input);
  return changeOrg(context, "plain", async (transaction, audit) => {
    const before = await transaction.org.findUniqueOrThrow({ where: { id: context.org.id } });
    const org = await transaction.org.update({
      where: { id: context.org.id },
      data: { name },
      select: orgFields,
    });
    await audit({
      action: "org.rename",
      subject: subjectOf(org),
      detail: { from: before.name, to: name },
    });
    return org;
  });
}

function subjectOf(org: OrgRef) {
  return { kind: "org", id: org.id, name: org.name };
}
