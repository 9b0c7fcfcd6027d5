/** Every kind of failure a caller can act on; each transport maps it through its own table. */
export type ErrorCode =
  | "invalid_input"
  | "unauthenticated"
  | "forbidden"
  | "not_found"
  | "conflict"
  | "rate_limited"
  | "stale"
  | "unavailable";

export interface ErrorDetails {
  /** Messages by input field, for forms. */
  fields?: Record<string, string[]>;
  /** Seconds until a retry can succeed. */
  retryAfterSeconds?: number;
  cause?: unknown;
}

/**
 * The one class for failures a caller can act on, on pages, in actions, on the command line and in
 * the proxy; anything else thrown is a bug and never shows its text.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly fields: Record<string, string[]>;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.name = "AppError";
    this.code = code;
    this.fields = details.fields ?? {};
    this.retryAfterSeconds = details.retryAfterSeconds;
  }
}

/** What crosses to a browser of a failure. */
export interface ActionError {
  code: ErrorCode;
  message: string;
  fields: Record<string, string[]>;
}

/** What a server action answers: its data, or what stood in the way. */
export type ActionResult<Data> = { ok: true; data: Data } | { ok: false; error: ActionError };

/** What a form shows after it was sent, with or without JavaScript; secrets are never kept. */
export interface FormState {
  values: Record<string, string>;
  error: ActionError | null;
  /** How often it succeeded, for "Saved". */
  saved: number;
}
