import { z } from "zod";
import {
  AccessRule,
  AllTools,
  ClassRule,
  PolicyDocument,
  PromptKeyText,
  ResourceKeyText,
  Rule,
  ToolKeyText,
} from "./document.ts";
import { screenValue } from "./screen.ts";
import { categories, riskClasses } from "./types.ts";

/** The frame must be exact; the rules inside it are read one by one. */
const Frame = z.strictObject({
  version: z.literal(1),
  default: z.enum(["deny", "allow"]),
  classes: z.partialRecord(z.enum([...categories, ...riskClasses]), z.unknown()).default({}),
  tools: z.record(ToolKeyText, z.unknown()).default({}),
  prompts: z.record(PromptKeyText, z.unknown()).default({}),
  resources: z.record(ResourceKeyText, z.unknown()).default({}),
  all_tools: AllTools.exactOptional(),
});

/**
 * Reads a stored policy as far as it can be read. A rule that no longer parses becomes a denial
 * without conditions, a hiding one stays hidden. Null when even the frame is unknown.
 */
export function readStored(value: unknown): PolicyDocument | null {
  if (screenValue(value).length > 0) return null;
  const whole = PolicyDocument.safeParse(value);
  if (whole.success) return whole.data;
  const frame = Frame.safeParse(value);
  if (!frame.success) return null;
  const { classes, tools, prompts, resources, ...rest } = frame.data;
  return {
    ...rest,
    classes: mapValues(classes, (rule) => salvage(ClassRule, rule)),
    tools: mapValues(tools, (entry) => salvageList(Rule, entry)),
    prompts: mapValues(prompts, (entry) => salvageList(AccessRule, entry)),
    resources: mapValues(resources, (entry) => salvageList(AccessRule, entry)),
  };
}

function salvageList<T>(schema: z.ZodType<T>, entry: unknown) {
  return Array.isArray(entry) && entry.length > 0
    ? entry.map((rule) => salvage(schema, rule))
    : salvage(schema, entry);
}

const unreadableReason = "This stored rule cannot be read: save it again in the policy editor.";

function salvage<T>(schema: z.ZodType<T>, value: unknown) {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const hides = typeof value === "object" && value !== null && "action" in value;
  if (hides && value.action === "hide") return { action: "hide" as const };
  return { action: "deny" as const, reason: unreadableReason };
}

function mapValues<T, U>(record: Record<string, T>, change: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
