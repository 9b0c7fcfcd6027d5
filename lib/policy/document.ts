import { z } from "zod";
import { ApprovalRule } from "./approval.ts";
import { Condition } from "./condition-schema.ts";
import { parseToolKey } from "./tool-key.ts";
import { categories, limitScopes, longestWindowSeconds, mostCalls, riskClasses } from "./types.ts";

/**
 * The document people write: version 1. Every object is strict, so a policy of a newer Callgate
 * with a field this one does not know is refused as a whole instead of being read without its
 * restriction.
 */

export const maxTools = 1_000;
const maxRules = 5_000;
const maxPatterns = 100;
/** Keys of `prompts`, and of `resources`. */
const maxAccessKeys = 1_000;
const maxRulesPerTool = 32;
const maxPatternsPerTool = 20;

export const RateLimitRule = z.strictObject({
  max: z.int().min(0).max(mostCalls),
  window: z.int().min(1).max(longestWindowSeconds),
  per: z.enum(limitScopes).default("session"),
});

const RateLimits = oneOrMany(RateLimitRule, 4);
const Reason = z.string().min(1).max(500).exactOptional();
const When = z.array(Condition).min(1).max(16).exactOptional();

const Allow = z.strictObject({
  action: z.literal("allow"),
  rate_limit: RateLimits.exactOptional(),
  reason: Reason,
});
const RequireApproval = Allow.extend({
  action: z.literal("require_approval"),
  approval: ApprovalRule.exactOptional(),
});
const Deny = z.strictObject({ action: z.literal("deny"), reason: Reason });
const Hide = Deny.extend({ action: z.literal("hide") });

/** A rule for a whole class: it speaks of every call, so it takes no conditions. */
export const ClassRule = z.discriminatedUnion("action", [Allow, RequireApproval, Deny, Hide]);
export type ClassRule = z.infer<typeof ClassRule>;

export const Rule = z.discriminatedUnion("action", [
  Allow.extend({ when: When }),
  RequireApproval.extend({ when: When }),
  Deny.extend({ when: When }),
  Hide.extend({ when: When }),
]);
export type Rule = z.infer<typeof Rule>;
export type Action = Rule["action"];

/** A rule for a prompt or a resource: nothing but its name is known, so nothing else is asked. */
export const AccessRule = z.strictObject({
  action: z.enum(["allow", "deny", "hide"]),
  reason: Reason,
});
export type AccessRule = z.infer<typeof AccessRule>;

export const AllTools = z.strictObject({ rate_limit: RateLimits });

export const ToolKeyText = keyText(256);
export const PromptKeyText = keyText(256);
export const ResourceKeyText = keyText(1_024);

const ToolRules = oneOrMany(Rule, maxRulesPerTool).refine(
  (rules) => countPatterns(asList(rules)) <= maxPatternsPerTool,
  { error: `Use at most ${maxPatternsPerTool} "matches" conditions for one tool.` },
);

const AccessRules = oneOrMany(AccessRule, maxRulesPerTool);

const classShape = Object.fromEntries(
  [...categories, ...riskClasses].map((name) => [name, ClassRule.exactOptional()]),
) as Record<ClassName, z.ZodExactOptional<typeof ClassRule>>; // fromEntries forgets the keys
export type ClassName = (typeof categories)[number] | (typeof riskClasses)[number];

export const PolicyDocument = z
  .strictObject({
    version: z.literal(1),
    default: z.enum(["deny", "allow"]),
    classes: z.strictObject(classShape).exactOptional(),
    tools: z.record(ToolKeyText, ToolRules).exactOptional(),
    prompts: z.record(PromptKeyText, AccessRules).exactOptional(),
    resources: z.record(ResourceKeyText, AccessRules).exactOptional(),
    all_tools: AllTools.exactOptional(),
  })
  .superRefine((document, context) => {
    const tools = Object.values(document.tools ?? {});
    const rules = tools.flatMap((entry): readonly Rule[] => asList(entry));
    const refuse = (message: string, section = "tools") =>
      context.addIssue({ code: "custom", path: [section], message });
    if (tools.length > maxTools) {
      refuse(`Use at most ${maxTools} tools: one key with * can stand for several.`);
    }
    if (rules.length > maxRules) refuse(`Use at most ${maxRules} rules in one policy.`);
    if (countPatterns(rules) > maxPatterns) {
      refuse(`Use at most ${maxPatterns} "matches" conditions in one policy.`);
    }
    for (const section of ["prompts", "resources"] as const) {
      if (Object.keys(document[section] ?? {}).length <= maxAccessKeys) continue;
      refuse(
        `Use at most ${maxAccessKeys} ${section}: one key with * can stand for several.`,
        section,
      );
    }
  });
export type PolicyDocument = z.infer<typeof PolicyDocument>;

/** `x` and `[x]` mean the same wherever the document takes one or a list. */
export function asList<T>(value: T | readonly T[] | undefined): readonly T[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value as T]; // isArray cannot narrow a read-only list away
}

function keyText(maxLength: number) {
  return z
    .string()
    .min(1)
    .max(maxLength)
    .refine((key) => parseToolKey(key) !== null, {
      error: "A backslash takes the next character literally: write one after it.",
    });
}

function oneOrMany<T extends z.ZodType>(schema: T, max: number) {
  return z.union([schema, z.array(schema).min(1).max(max)]);
}

function countPatterns(rules: readonly Rule[]): number {
  return rules.flatMap((rule) => rule.when ?? []).filter(({ op }) => op === "matches").length;
}
