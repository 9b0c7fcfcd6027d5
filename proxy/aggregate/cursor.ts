import { createHmac, type KeyObject, timingSafeEqual } from "node:crypto";

/** Whose list a cursor goes on with, and of what. */
export interface CursorOwner {
  orgId: string;
  agentId: string;
  /** The aggregate session: servers may bind their cursors to theirs. */
  sessionId: string;
  method: string;
}

/** Where a list goes on. */
export interface Position {
  serverSlug: string;
  /** The server's own cursor; null: from its beginning. */
  cursor: string | null;
}

/** 16 bytes as base64url. */
const macLength = 22;

/** A position as text that only its owner can use. */
export function sealCursor(key: KeyObject, owner: CursorOwner, position: Position): string {
  const body = Buffer.from(JSON.stringify([position.serverSlug, position.cursor]), "utf8");
  const text = body.toString("base64url");
  return `${macOf(key, owner, text)}${text}`;
}

/** The position; null unless it was sealed for this owner. */
export function openCursor(key: KeyObject, owner: CursorOwner, sealed: string): Position | null {
  const text = sealed.slice(macLength);
  const given = Buffer.from(sealed.slice(0, macLength));
  const right = Buffer.from(macOf(key, owner, text));
  if (given.length !== right.length || !timingSafeEqual(given, right)) return null;
  const [serverSlug, cursor] = JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
  return { serverSlug, cursor };
}

function macOf(key: KeyObject, owner: CursorOwner, text: string): string {
  const { orgId, agentId, sessionId, method } = owner;
  return createHmac("sha256", key)
    .update(JSON.stringify(["aggregate cursor", orgId, agentId, sessionId, method, text]))
    .digest()
    .subarray(0, 16)
    .toString("base64url");
}
