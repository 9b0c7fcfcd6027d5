import { z } from "zod";
import { RateLimitRule } from "./document.ts";
import type { LimitScope, RateLimit } from "./types.ts";

export type ReadLimit = { ok: true; limit: RateLimit } | { ok: false; message: string };

const windowSeconds = { second: 1, minute: 60, hour: 3_600, day: 86_400 } as const;
const Window = z.enum(["second", "minute", "hour", "day"]);

/** An unknown field may be what the limit counts, so it is not ignored. */
const HostedLimit = z.strictObject({
  counter: z.string().optional(),
  window: Window,
  max: z.int().min(0),
  scope: z.string().default("grant"),
});

const scopes: Readonly<Record<string, LimitScope>> = {
  grant: "agent",
  session: "session",
  server: "server",
  organisation: "org",
  organization: "org",
};

/** A limit of PolicyLayer: `{counter, window: "minute", max: 30, scope: "grant"}`. */
export function readHostedLimit(raw: unknown): ReadLimit {
  const parsed = HostedLimit.safeParse(raw);
  if (!parsed.success) return failed("This limit counts something other than calls in a window.");
  const { max, window, scope } = parsed.data;
  const per = Object.hasOwn(scopes, scope) ? scopes[scope] : undefined;
  if (per === undefined) return failed(`There is no limit per ${scope} here.`);
  return checked({ max, window: windowSeconds[window], per });
}

/** `10/minute`; Intercept counts for everybody who uses it. */
export function readShorthand(text: string, per: LimitScope): ReadLimit {
  const [, max, unit] = /^\s*(\d{1,7})\s*\/\s*([a-z]+?)s?\s*$/.exec(text) ?? [];
  const window = Window.safeParse(unit);
  if (max === undefined || !window.success)
    return failed(`“${text}” is no limit such as 10/minute.`);
  return checked({ max: Number(max), window: windowSeconds[window.data], per });
}

const State = z.strictObject({
  counter: z.string(),
  window: Window,
  increment: z.int().min(1).default(1),
});
const Bound = z.strictObject({
  path: z.string(),
  op: z.enum(["lt", "lte"]),
  value: z.number(),
});

/** A counter of Intercept and the condition that bounds it; `owner` is a tool or `_global`. */
export function readCounter(state: unknown, bound: unknown, owner: string): ReadLimit {
  const counted = State.safeParse(state);
  const bounded = Bound.safeParse(bound);
  if (!counted.success || !bounded.success) {
    return failed("This counts something other than calls in a window.");
  }
  const { counter, window, increment } = counted.data;
  const { path, op, value } = bounded.data;
  if (path !== `state.${owner}.${counter}`) return failed(`${path} is a counter of another rule.`);
  const most = op === "lte" ? Math.floor(value) : Math.ceil(value) - 1;
  const max = Math.max(0, Math.floor(most / increment));
  return checked({ max, window: windowSeconds[window], per: "server" });
}

/** One limit for each window and scope, the strictest, so that no rule has too many. */
export function strictest(limits: readonly RateLimit[]): RateLimit[] {
  const byKind = new Map<string, RateLimit>();
  for (const limit of limits) {
    const kind = `${limit.window}/${limit.per}`;
    const known = byKind.get(kind);
    if (known === undefined || limit.max < known.max) byKind.set(kind, limit);
  }
  return [...byKind.values()];
}

function checked(limit: RateLimit): ReadLimit {
  const parsed = RateLimitRule.safeParse(limit);
  return parsed.success
    ? { ok: true, limit: parsed.data }
    : failed("This limit is larger than limits can be here.");
}

function failed(message: string): ReadLimit {
  return { ok: false, message };
}
