import type { Role } from "#lib/auth/permissions.ts";

export const roleNames: Record<Role, string> = {
  owner: "Owner",
  admin: "Admin",
  policy_manager: "Policy manager",
  viewer: "Viewer",
};
