import type { Category, JsonObject, RiskClass } from "#lib/policy/types.ts";

/** A tool as a server announces it in `tools/list` (MCP, server/tools). All of it is untrusted. */
export interface ToolDefinition {
  name: string;
  title?: string | undefined;
  description?: string | undefined;
  inputSchema?: JsonObject | undefined;
  outputSchema?: JsonObject | undefined;
  annotations?: JsonObject | undefined;
  _meta?: JsonObject | undefined;
}

/** What a definition reveals beside its category. The texts for people are in describe.ts. */
export const SIGNALS = [
  "creates_credentials",
  "takes_secret",
  "exposes_secrets",
  "accepts_url",
  "accepts_path",
  "accepts_code",
  "accepts_sql",
  "accepts_shell_command",
  "accepts_template",
  "selects_operation",
  "bulk",
  "reaches_outside",
  "costs_money",
  "irreversible",
  "no_description",
  "annotation_conflict",
  "instruction_override",
  "hidden_text",
  "oversized_text",
  "unsafe_name",
] as const;

export type Signal = (typeof SIGNALS)[number];

export type EvidenceSource = "name" | "description" | "parameter" | "annotation";

/** One piece of the definition and what it was taken to mean. */
export interface Evidence {
  source: EvidenceSource;
  /** The piece itself, at most 120 characters, invisible characters spelled out as U+XXXX. */
  quote: string;
  meaning: string;
}

export interface Classification {
  category: Category;
  riskClass: RiskClass;
  /** 0 (a guess) to 1. */
  confidence: number;
  signals: Signal[];
  /** One sentence for people. */
  rationale: string;
  evidence: Evidence[];
}

export interface ClassificationContext {
  /** The org marked this server as trusted: its hints may lower the class, not only raise it. */
  trustedAnnotations: boolean;
}

/** A signal together with the piece of the definition it rests on. */
export interface SignalFinding {
  signal: Signal;
  evidence: Evidence;
}
