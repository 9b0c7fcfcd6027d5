import type { Role } from "./permissions.ts";

/** Who does something. `operator` is the command line on the machine itself. */
export type Actor =
  | { kind: "user"; id: string; name: string; email: string }
  | { kind: "operator"; name: string }
  | { kind: "system"; name: string };

export interface OrgRef {
  id: string;
  slug: string;
  name: string;
}

/** What every verb of an org is given: the tenant, who acts, and what they may do. */
export interface OrgContext {
  org: OrgRef;
  actor: Actor;
  role: Role;
  /** When the person last proved who they are; absent for all but browser sessions. */
  signedInAt?: Date;
}

/** `user:<id>` and the like, as stored beside what an actor made. */
export function actorId(actor: Actor): string {
  return actor.kind === "user" ? `user:${actor.id}` : `${actor.kind}:${actor.name}`;
}
