import { type Actor, actorId } from "#lib/auth/context.ts";

/** How an author is stored: id and, where the id does not say it, the name. */
export function authorOf(actor: Actor): string {
  return actor.kind === "user" ? `${actorId(actor)} ${actor.name}` : actorId(actor);
}

/** The name in a stored author, for people to read. */
export function authorName(stored: string): string {
  return stored.startsWith("user:")
    ? stored.slice(stored.indexOf(" ") + 1)
    : stored.slice(stored.indexOf(":") + 1);
}
