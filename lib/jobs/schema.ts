import { z } from "zod";
import { ConnectionTarget } from "#lib/servers/schema.ts";

/** What can be seen of a job while the proxy works on it; `fix` says what to do about a failure. */
export const JobStep = z.strictObject({
  step: z.enum(["resolve", "connect", "start", "initialize", "list_tools"]),
  state: z.enum(["running", "ok", "failed"]),
  label: z.string(),
  detail: z.string(),
  fix: z.string().nullable(),
});
export type JobStep = z.infer<typeof JobStep>;

export const RequestConnectionTest = z.strictObject({ target: ConnectionTarget });
export type RequestConnectionTest = z.infer<typeof RequestConnectionTest>;

export const JobInput = z.strictObject({ id: z.string() });
export type JobInput = z.infer<typeof JobInput>;

/** The connection a test tries, as stored until the job ends. */
export const StoredTarget = z.strictObject({
  kind: z.enum(["url", "connector"]),
  url: z.string().nullable(),
  connector: z.string().nullable(),
  settings: z.record(z.string(), z.unknown()),
  /** `header:<Name>` or `field:<name>`, sealed with the job as their owner. */
  secrets: z.array(z.strictObject({ name: z.string(), sealed: z.string() })),
});
export type StoredTarget = z.infer<typeof StoredTarget>;
