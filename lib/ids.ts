import { v7 } from "uuid";

/** A new UUID v7 (RFC 9562): sorts by time, and partitions of the record are ranges of it. */
export function newId(): string {
  return v7();
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** True for a lower-case UUID; anything else from a URL is "not found", not a database error. */
export function isId(text: string): boolean {
  return uuid.test(text);
}

/** The smallest UUID v7 of an instant: a range bound for reading the record by time. */
export function idFloor(at: Date): string {
  const hex = at.getTime().toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}
