/** An accepted tool definition: the only ones that are listed or callable (invariant 12). */
export interface ToolRecord {
  name: string;
  /** Canonical digest of the definition; what the upstream lists must still have it. */
  digest: string;
  definition: unknown;
  category: string;
  riskClass: string;
}

/** A definition that waits for a person, as it was last announced. */
export interface HeldRecord {
  name: string;
  digest: string;
}

export interface SealedSecret {
  /** `header:<Name>` or `field:<name>`. */
  name: string;
  sealed: string;
}

/** How a server is reached; secrets still sealed. */
export interface ServerRecord {
  orgId: string;
  id: string;
  slug: string;
  name: string;
  kind: "url" | "connector";
  url: string | null;
  connector: string | null;
  /** How it speaks MCP, as last discovered; null before that. */
  transport: "streamable_http" | "sse" | "stdio" | null;
  /** Protocol revisions it was found to speak; empty before the first discovery. */
  revisions: string[];
  settings: Record<string, unknown>;
  secrets: SealedSecret[];
  /** What of the agent it may not use: sampling, elicitation, roots. */
  strippedCapabilities: string[];
}
