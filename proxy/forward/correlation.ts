import { createHmac, type KeyObject, timingSafeEqual } from "node:crypto";
import type { RequestId } from "#proxy/json/json-rpc.ts";
import type { Access } from "#proxy/ports.ts";

/** The session that something is signed for; without one the agent's token is it (design section 6). */
type Owner = Pick<Access, "orgId" | "serverId" | "agentId" | "tokenId"> & {
  session: { id: string } | null;
};

const prefix = "cg.";
/** 16 bytes as base64url. */
const macLength = 22;
/** What parseMessage accepts as an id; bytes. */
const longestId = 256;

/**
 * The id under which an agent sees a server's question: the server's own, signed for this session.
 * So an answer is only taken where the question was asked, by any proxy that holds the key, and
 * without a table. The same id always looks the same, as `notifications/cancelled` needs it.
 *
 * @returns null when the id would be longer than an id may be
 */
export function sealRequestId(key: KeyObject, owner: Owner, id: RequestId): string | null {
  const sealed = seal(key, owner, "request", typeof id === "number" ? `n${id}` : `s${id}`);
  return Buffer.byteLength(sealed) <= longestId ? sealed : null;
}

/** The server's own id; null unless it was sealed for this session. */
export function openRequestId(key: KeyObject, owner: Owner, id: RequestId): RequestId | null {
  const body = typeof id === "string" ? open(key, owner, "request", id) : null;
  if (body === null) return null;
  return body.startsWith("n") ? Number(body.slice(1)) : body.slice(1);
}

/** An event id, signed likewise: a stream is only resumed by the session that it belongs to. */
export function sealEventId(key: KeyObject, owner: Owner, id: string): string {
  // It comes back in a header, which carries visible ASCII unchanged and nothing else.
  const body = /^[\x21-\x7e]*$/.test(id) ? `p${id}` : `b${Buffer.from(id).toString("base64url")}`;
  return seal(key, owner, "event", body);
}

/** The server's own event id; null unless it was sealed for this session. */
export function openEventId(key: KeyObject, owner: Owner, id: string): string | null {
  const body = open(key, owner, "event", id);
  if (body === null) return null;
  const text = body.slice(1);
  return body.startsWith("p") ? text : Buffer.from(text, "base64url").toString("utf8");
}

type Kind = "request" | "event";

function seal(key: KeyObject, owner: Owner, kind: Kind, body: string): string {
  return `${prefix}${macOf(key, owner, kind, body)}.${body}`;
}

function open(key: KeyObject, owner: Owner, kind: Kind, sealed: string): string | null {
  const at = prefix.length + macLength;
  if (!sealed.startsWith(prefix) || sealed[at] !== ".") return null;
  const body = sealed.slice(at + 1);
  const given = Buffer.from(sealed.slice(prefix.length, at));
  const right = Buffer.from(macOf(key, owner, kind, body));
  return given.length === right.length && timingSafeEqual(given, right) ? body : null;
}

function macOf(key: KeyObject, owner: Owner, kind: Kind, body: string): string {
  const { orgId, serverId, agentId, tokenId, session } = owner;
  return createHmac("sha256", key)
    .update(JSON.stringify([kind, orgId, serverId, agentId, session?.id ?? tokenId, body]))
    .digest()
    .subarray(0, 16)
    .toString("base64url");
}
