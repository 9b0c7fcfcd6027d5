import { z } from "zod";

/** Words that are pages below `/servers/`. */
const reserved = new Set(["new"]);

export const ServerSlug = z
  .string()
  .min(2, "Use at least 2 characters")
  .max(40, "Use at most 40 characters")
  .regex(
    /^[a-z0-9](-?[a-z0-9])*$/,
    "Use lower-case letters, digits and single hyphens between them, such as billing-api",
  )
  .refine((slug) => !reserved.has(slug), "This word is taken by a page. Choose another");

export const ServerName = z
  .string()
  .trim()
  .min(1, "Enter a name")
  .max(80, "Use at most 80 characters");

/** Where a streamable HTTP server listens. Credentials belong into headers, which are sealed. */
export const ServerUrl = z
  .string()
  .trim()
  .max(2048, "Use at most 2,048 characters")
  .superRefine((text, check) => {
    const problem = urlProblem(text);
    if (problem) check.addIssue({ code: "custom", message: problem });
  });

/** What the proxy sets itself, or what would change how the request is framed (RFC 9110, 9112). */
const ownHeaders = new Set([
  "accept",
  "accept-encoding",
  "connection",
  "content-encoding",
  "content-length",
  "content-type",
  "expect",
  "host",
  "keep-alive",
  "last-event-id",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

export const HeaderName = z
  .string()
  .max(100, "Use at most 100 characters")
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, "A header name has no spaces or colons")
  .refine(
    (name) => !ownHeaders.has(name.toLowerCase()) && !/^(mcp|proxy|x-forwarded)-/i.test(name),
    "Callgate sets this header itself. Leave it out",
  );

export const HeaderValue = z
  .string()
  .trim()
  .min(1, "Enter the value")
  .max(8192, "Use at most 8,192 characters")
  .regex(/^[\t\x20-\x7e]*$/, "A header value is one line of plain ASCII text");

const Headers = z
  .array(z.strictObject({ name: HeaderName, value: HeaderValue }))
  .max(20, "Use at most 20 headers")
  .superRefine(refuseRepeats);

const Settings = z.record(z.string(), z.unknown());

const urlFields = { kind: z.literal("url"), url: ServerUrl, headers: Headers.default([]) };
const connectorFields = {
  kind: z.literal("connector"),
  connector: z.string().min(1, "Choose a connector"),
  settings: Settings.default({}),
};

/** A way to reach a server, before it has a name: what a connection test tries. */
export const ConnectionTarget = z.discriminatedUnion("kind", [
  z.strictObject(urlFields),
  z.strictObject(connectorFields),
]);
export type ConnectionTarget = z.infer<typeof ConnectionTarget>;

const names = { slug: ServerSlug, name: ServerName };
export const RegisterServer = z.discriminatedUnion("kind", [
  z.strictObject({ ...names, ...urlFields }),
  z.strictObject({ ...names, ...connectorFields }),
]);
export type RegisterServer = z.infer<typeof RegisterServer>;

/** What of an agent a server may be kept from using; the names are MCP's client capabilities. */
export const strippableCapabilities = ["sampling", "elicitation", "roots"] as const;
export type StrippableCapability = (typeof strippableCapabilities)[number];

/**
 * What changes; absent parts stay. `headers` and `settings` are the whole new set: a header without
 * a value, like an absent secret field, keeps the value on record.
 */
export const UpdateServer = z.strictObject({
  server: z.string(),
  name: ServerName.optional(),
  url: ServerUrl.optional(),
  headers: z
    .array(z.strictObject({ name: HeaderName, value: HeaderValue.optional() }))
    .max(20, "Use at most 20 headers")
    .superRefine(refuseRepeats)
    .optional(),
  settings: Settings.optional(),
  strippedCapabilities: z
    .array(z.enum(strippableCapabilities))
    .refine((names) => new Set(names).size === names.length, "Name each once")
    .optional(),
});
export type UpdateServer = z.infer<typeof UpdateServer>;

export const RemoveServer = z.strictObject({ server: z.string(), confirmSlug: z.string() });
export type RemoveServer = z.infer<typeof RemoveServer>;

/** Input of every verb that only needs to know which server; by its slug. */
export const ServerInput = z.strictObject({ server: z.string() });
export type ServerInput = z.infer<typeof ServerInput>;

function urlProblem(text: string): string | null {
  if (!URL.canParse(text)) return "Enter a complete URL, such as https://mcp.example.com/mcp";
  const url = new URL(text);
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    return "Use a URL that starts with https:// or http://";
  }
  if (url.username !== "" || url.password !== "") {
    return "Take the credentials out of the URL and enter them as a header, where they are sealed";
  }
  // `hash` is empty for a lone "#", which is still a fragment.
  if (text.includes("#")) return "Take the part from # on out of the URL; servers never see it";
  return null;
}

function refuseRepeats(
  headers: readonly { name: string }[],
  check: z.core.$RefinementCtx<unknown>,
): void {
  const seen = new Set<string>();
  for (const [index, { name }] of headers.entries()) {
    const key = name.toLowerCase();
    if (seen.has(key)) {
      check.addIssue({
        code: "custom",
        path: [index, "name"],
        message: `${name} is there twice. Keep one`,
      });
    }
    seen.add(key);
  }
}
