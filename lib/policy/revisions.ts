/** The MCP revisions with a handshake; the order is the order of publication. */
export const legacyRevisions = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"] as const;

/** The revision without handshake and sessions. */
export const modernRevision = "2026-07-28";

/** Every revision that agents may speak here, oldest first. */
export const revisions = [...legacyRevisions, modernRevision] as const;
export type Revision = (typeof revisions)[number];
