import { AppError } from "#lib/errors.ts";

export const roles = ["owner", "admin", "policy_manager", "viewer"] as const;
export type Role = (typeof roles)[number];

interface PermissionRow {
  description: string;
  roles: readonly Role[];
}

const everyone: readonly Role[] = roles;
const managers: readonly Role[] = ["owner", "admin"];
const policy: readonly Role[] = ["owner", "admin", "policy_manager"];

/** The one table of who may do what; pages, verbs and documentation read it. */
export const permissions = {
  "org.read": { description: "See the org and its overview", roles: everyone },
  "org.update": { description: "Rename the org and set what it asks of agents", roles: managers },
  "members.read": { description: "See members and their roles", roles: everyone },
  "servers.read": { description: "See servers, tools and rules", roles: everyone },
  "servers.write": { description: "Register, change and remove servers", roles: managers },
  "servers.discover": { description: "Test connections and read tool lists", roles: policy },
  "rules.write": { description: "Set rules and accept held tools", roles: policy },
  "agents.read": { description: "See agents and their tokens' state", roles: everyone },
  "agents.write": { description: "Create, rotate and revoke agents", roles: managers },
  "approvals.read": { description: "See approval requests", roles: everyone },
  "approvals.decide": { description: "Approve or deny waiting calls", roles: policy },
  "calls.read": { description: "See the record of calls", roles: everyone },
  "notifications.read": { description: "See who is told of what outside", roles: policy },
  "notifications.write": { description: "Add, change and test notifications", roles: managers },
  "audit.read": { description: "See what people changed", roles: policy },
} as const satisfies Record<string, PermissionRow>;

export type Permission = keyof typeof permissions;

/** True only for a known role that the table names. */
export function hasPermission(role: Role, permission: Permission): boolean {
  const row: PermissionRow | undefined = permissions[permission];
  return row?.roles.includes(role) ?? false;
}

/** First line of every verb. @throws AppError `forbidden`, naming what is missing */
export function requirePermission(context: { role: Role }, permission: Permission): void {
  if (hasPermission(context.role, permission)) return;
  const row: PermissionRow | undefined = permissions[permission];
  throw new AppError(
    "forbidden",
    `Your role may not do this: ${row?.description ?? permission}. Ask an owner or admin of the org.`,
  );
}
