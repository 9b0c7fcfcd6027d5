import type { PolicyDocument } from "#lib/policy/document.ts";
import { formatPolicy } from "#lib/policy/format.ts";
import { readStored } from "#lib/policy/stored.ts";

const denyAll: PolicyDocument = { version: 1, default: "deny" };

/** A stored document as far as it can be read; what cannot be read denies, as it does in the proxy. */
export function storedDocument(value: unknown): PolicyDocument {
  return readStored(value) ?? denyAll;
}

/** The same as text for people; one that cannot be read is shown as it is stored. */
export function storedText(value: unknown): string {
  const document = readStored(value);
  return document ? formatPolicy(document, "yaml") : `${JSON.stringify(value, null, 2)}\n`;
}
