/** One thing that was looked at. */
export interface Check {
  check: string;
  ok: boolean;
  detail: string;
  /** What to do; null where nothing is to be done. */
  fix: string | null;
}

export function good(check: string, detail: string): Check {
  return { check, ok: true, detail, fix: null };
}

export function bad(check: string, detail: string, fix: string): Check {
  return { check, ok: false, detail, fix };
}
