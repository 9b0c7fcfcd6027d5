import type { ReadDefinition } from "./definition.ts";
import { isOfTwins } from "./digest.ts";

/** What review knows of a tool on record. */
export interface RecordedTool {
  digest: string;
  heldDigest: string | null;
  state: "accepted" | "held" | "removed";
}

/**
 * Why a tool is held. `new`: never accepted; `changed`: accepted once, announced differently since;
 * `duplicate`: its name was listed more than once, which only the server can put right.
 */
export type HeldKind = "new" | "changed" | "duplicate";

/** What a newly seen definition does to the record. */
export type Review =
  | { kind: "unchanged" }
  /** Back to the definition that was accepted before. */
  | { kind: "restore" }
  /** A definition that nobody has accepted: not offered until somebody does (invariant 12). */
  | { kind: "hold" }
  /** Held from the start and announced differently since; there never was an accepted one. */
  | { kind: "replace" };

/**
 * Compares an announced definition with the record. A tool that was never accepted has its held
 * definition in both places, so equal digests there mean "new", different ones mean "changed".
 */
export function reviewDefinition(recorded: RecordedTool, seen: ReadDefinition): Review {
  if (!wasAccepted(recorded)) {
    const same = seen.digest === recorded.digest && recorded.state === "held";
    return same ? { kind: "unchanged" } : { kind: "replace" };
  }
  if (seen.digest === recorded.digest) {
    return recorded.state === "accepted" ? { kind: "unchanged" } : { kind: "restore" };
  }
  const same = seen.digest === recorded.heldDigest && recorded.state === "held";
  return same ? { kind: "unchanged" } : { kind: "hold" };
}

/** Whether anybody ever accepted a definition of it, or it was part of the baseline. */
export function wasAccepted({ digest, heldDigest }: RecordedTool): boolean {
  return heldDigest === null || heldDigest !== digest;
}

/** Null while it is not held. */
export function heldKindOf(tool: RecordedTool): HeldKind | null {
  if (tool.state !== "held") return null;
  if (isOfTwins(tool.heldDigest)) return "duplicate";
  return wasAccepted(tool) ? "changed" : "new";
}
