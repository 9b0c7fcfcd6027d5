import type { ServerRecord } from "#proxy/ports.ts";
import { modernRevision } from "#proxy/receive/era.ts";
import type { Upstream } from "#proxy/upstream/types.ts";
import { ModernFace } from "./modern-face.ts";

type Spoken = Pick<ServerRecord, "revisions">;

/** Whether a server was found to speak 2026-07-28. */
export function speaksModern({ revisions }: Spoken): boolean {
  return revisions.includes(modernRevision);
}

/** Whether legacy agents reach a server only by translation. One that is not known yet is legacy. */
export function speaksOnlyModern({ revisions }: Spoken): boolean {
  return revisions.length > 0 && revisions.every((revision) => revision >= modernRevision);
}

const faces = new WeakMap<Upstream, ModernFace>();

/** Gives a server's new connection the calls that wait for their agents on the old one. */
export function handDown(old: Upstream, next: Upstream): void {
  const face = faces.get(old);
  if (face) faces.set(next, new ModernFace(next, face));
}

/** The connection as modern agents use it: itself, or the translation that keeps their sessions. */
export function modernFaceOf(server: Spoken, upstream: Upstream): Upstream {
  if (speaksModern(server)) return upstream;
  const known = faces.get(upstream);
  if (known) return known;
  const face = new ModernFace(upstream);
  faces.set(upstream, face);
  return face;
}
