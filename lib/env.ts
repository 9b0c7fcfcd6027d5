import { z } from "zod";

/** Comma-separated text as a list; `none` is an empty one. */
const list = z.string().transform((text) =>
  text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "" && item !== "none"),
);

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
  /** How long a call that waits for a person is held before the pending answer; seconds. */
  APPROVAL_HOLD_SECONDS: z.coerce.number().min(0).max(45).default(25),
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
  };
}

let parsedOnce: Env | undefined;

/** The process environment, parsed at first use and never again. */
export function env(): Env {
  parsedOnce ??= parseEnv(process.env);
  return parsedOnce;
}
