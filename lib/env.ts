import { z } from "zod";

/** Comma-separated text as a list; `none` is an empty one. */
const list = z.string().transform((text) =>
  text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "" && item !== "none"),
);

const count = z.coerce.number().int().min(1).max(1_000_000);

/** Nobody but this machine can use a proxy that listens here, so its own addresses are fair. */
const loopback = ["127.0.0.0/8", "::1/128"];

const Env = z.object({
  DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, "must start with postgresql://"),
  HOST: z.string().default("127.0.0.1"),
  PORT: z.coerce.number().int().min(0).max(65535).default(3000),
  PROXY_PORT: z.coerce.number().int().min(0).max(65535).default(3001),
  DATA_DIR: z.string().default("data"),
  /** Where browsers reach the web process, and agents the proxy; shown in the UI and in answers. */
  PUBLIC_URL: z.url().optional(),
  PUBLIC_PROXY_URL: z.url().optional(),
  /** Signs browser sessions; `npm start` makes one and keeps it in DATA_DIR. */
  NEXTAUTH_SECRET: z.string().min(32).optional(),
  /** Private CIDR ranges that registered servers may live in; everything else private is refused. */
  UPSTREAM_PRIVATE_NETWORKS: list.optional(),
  /** Web origins whose pages may call the proxy, besides the dashboard's own. */
  PROXY_ORIGINS: list.default([]),
  /** Where other proxies on the same database reach this one. */
  PROXY_PEER_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** What one org, or one agent, may have open in one proxy. */
  PROXY_MAX_REQUESTS_PER_ORG: count.default(256),
  PROXY_MAX_STREAMS_PER_ORG: count.default(1024),
  PROXY_MAX_STREAMS_PER_AGENT: count.default(128),
  PROXY_MAX_HELD_SESSIONS_PER_ORG: count.default(64),
  /** Connections from one address that have not shown the token of an agent yet. */
  PROXY_MAX_STRANGERS_PER_ADDRESS: count.default(512),
  /** Deadlines of a call: silence of its server, and altogether. Seconds, as all below. */
  PROXY_CALL_SILENT_SECONDS: count.default(60),
  PROXY_CALL_SECONDS: count.default(300),
  /** The longest an event stream that belongs to no call stays open. */
  PROXY_STREAM_SECONDS: count.default(3600),
  /** An agent that takes nothing of its answer for this long is disconnected. */
  PROXY_STALLED_SECONDS: count.default(30),
  /** Time for running calls to end after SIGTERM. */
  PROXY_DRAIN_SECONDS: z.coerce.number().int().min(0).max(3600).default(20),
  /** Median delay of the event loop above which new sessions are refused; milliseconds. */
  PROXY_MAX_LOOP_DELAY_MS: count.default(250),
  /** How often the tools of each server are read again, to notice what changed. */
  DISCOVERY_SECONDS: z.coerce.number().int().min(60).max(2_592_000).default(21_600),
  /** How long a call that waits for a person is held before the pending answer; seconds. */
  APPROVAL_HOLD_SECONDS: z.coerce.number().min(0).max(45).default(25),
  /** The mail server for notifications and sign-in links, and whom its mail is from; e-mail is off without both. */
  SMTP_URL: z
    .string()
    .regex(/^smtps?:\/\//, "must start with smtp:// or smtps://")
    .optional(),
  SMTP_FROM: z.string().min(3).optional(),
  /** Who is mailed what people write on the contact page; SMTP_FROM unless given. */
  CONTACT_TO: z.string().min(3).optional(),
  /** Whether strangers get an account by a link that is mailed to them, or at once. */
  SIGN_UP: z.enum(["confirmed", "open"]).default("confirmed"),
  GITHUB_ID: z.string().optional(),
  GITHUB_SECRET: z.string().optional(),
  GOOGLE_ID: z.string().optional(),
  GOOGLE_SECRET: z.string().optional(),
  OIDC_NAME: z.string().default("Single sign-on"),
  OIDC_ISSUER: z.url().optional(),
  OIDC_ID: z.string().optional(),
  OIDC_SECRET: z.string().optional(),
});

export interface Env extends z.infer<typeof Env> {
  publicUrl: string;
  publicProxyUrl: string;
  privateNetworks: string[];
  smtp: { url: string; from: string } | null;
}

/**
 * Parses the environment; an empty string counts as absent.
 * @throws Error that names every wrong variable at once
 */
export function parseEnv(source: Record<string, string | undefined>): Env {
  const present = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ""));
  const parsed = Env.safeParse(present);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      (issue) => `  ${issue.path.join(".")}: ${issue.message}`,
    );
    throw new Error(`The environment is not usable:\n${problems.join("\n")}\nSee .env.example.`);
  }
  const value = parsed.data;
  const isLocal = ["127.0.0.1", "::1", "localhost"].includes(value.HOST);
  const reachable = value.HOST === "0.0.0.0" || value.HOST === "::" ? "localhost" : value.HOST;
  return {
    ...value,
    publicUrl: value.PUBLIC_URL ?? `http://${reachable}:${value.PORT}`,
    publicProxyUrl: value.PUBLIC_PROXY_URL ?? `http://${reachable}:${value.PROXY_PORT}`,
    privateNetworks: value.UPSTREAM_PRIVATE_NETWORKS ?? (isLocal ? loopback : []),
    smtp:
      value.SMTP_URL !== undefined && value.SMTP_FROM !== undefined
        ? { url: value.SMTP_URL, from: value.SMTP_FROM }
        : null,
  };
}

let parsedOnce: Env | undefined;

/** The process environment, parsed at first use and never again. */
export function env(): Env {
  parsedOnce ??= parseEnv(process.env);
  return parsedOnce;
}
