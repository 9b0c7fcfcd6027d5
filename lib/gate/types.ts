/** An accepted tool definition: the only ones that are listed or callable (invariant 12). */
export interface ToolRecord {
  name: string;
  /** Canonical digest of the definition; what the upstream lists must still have it. */
  digest: string;
  definition: unknown;
  category: string;
  riskClass: string;
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
  settings: Record<string, unknown>;
  secrets: SealedSecret[];
}
