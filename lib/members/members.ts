import type { OrgContext } from "#lib/auth/context.ts";
import { type Role, requirePermission } from "#lib/auth/permissions.ts";
import { database } from "#lib/db.ts";

export interface MemberRow {
  userId: string;
  name: string;
  email: string;
  role: Role;
  since: Date;
}

/** The people of the org, longest-standing first. */
export async function listMembers(context: OrgContext): Promise<MemberRow[]> {
  requirePermission(context, "members.read");
  const members = await database().member.findMany({
    where: { orgId: context.org.id },
    orderBy: [{ createdAt: "asc" }, { userId: "asc" }],
    select: { userId: true, role: true, createdAt: true, user: true },
  });
  return members.map((member) => ({
    userId: member.userId,
    name: member.user.name,
    email: member.user.email,
    role: member.role,
    since: member.createdAt,
  }));
}
