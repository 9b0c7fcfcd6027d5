import type { OrgContext } from "#lib/auth/context.ts";
import type { Role } from "#lib/auth/permissions.ts";
import type { Inhabited } from "./world.ts";

/** A verb with what the isolation tests call it with. */
export interface VerbRow {
  // `never`: each verb has an input of its own, and this table knows which.
  verb: (context: OrgContext, input: never, wait: number) => Promise<unknown>;
  /** An input of the org's own, under names that the other org uses as well. */
  own: (org: Inhabited) => unknown;
  /** Inputs with something of the other org: all of them not found. */
  foreign: (other: Inhabited, own: Inhabited) => unknown[];
  /** The strongest role that is refused; null when every member may. */
  refused: Role | null;
}

/** No input, and nothing of another org in it. */
export const nothing = () => [];

/** The org's own server. */
export const ownServer = ({ shared }: Inhabited) => ({ server: shared.server });
/** A server of the other org. */
export const foreignServer = ({ unique }: Inhabited) => [{ server: unique.server }];
