/** Why a request was refused before it was known whose it is. */
export type EarlyReason =
  /** Its Host header is not one of this proxy's names. */
  | "host"
  /** It comes from a web page that may not ask here. */
  | "origin"
  /** It says a header twice that is to be said once. */
  | "repeated_header"
  /** A token stands in its URL. */
  | "token_in_url"
  /** There is nothing at its path. */
  | "path"
  | "no_token"
  /** Its token is malformed, unknown, expired or revoked. */
  | "bad_token";

const reportEveryMs = 60_000;

/**
 * Requests that were refused before it was known whose they are: noise that no org could be told of.
 * What is counted of it is reported once a minute, where there was any.
 */
export class EarlyRefusals {
  readonly #report: (requests: Readonly<Record<string, number>>) => void;
  #counts = new Map<EarlyReason, number>();
  #timer: NodeJS.Timeout | null = null;

  /** @param report told how many requests were refused for each reason */
  constructor(report: (requests: Readonly<Record<string, number>>) => void) {
    this.#report = report;
  }

  note(reason: EarlyReason): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1);
    this.#timer ??= setTimeout(() => this.flush(), reportEveryMs).unref();
  }

  /** Reports what was counted since the last time. */
  flush(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#counts.size === 0) return;
    this.#report(Object.fromEntries(this.#counts));
    this.#counts.clear();
  }
}
