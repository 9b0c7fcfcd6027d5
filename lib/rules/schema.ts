import { z } from "zod";
import { ApprovalRule } from "#lib/policy/approval.ts";
import { PolicyCases } from "#lib/policy/cases.ts";
import { RateLimitRule } from "#lib/policy/document.ts";

export const choices = ["allow", "limit", "approve", "deny", "hide"] as const;

/** One position of the rule control, with what belongs to it. */
export const ToolRule = z
  .strictObject({
    choice: z.enum(choices),
    rateLimit: RateLimitRule.optional(),
    reason: z.string().trim().max(500, "Use at most 500 characters").optional(),
    /** Who approves, how many, for how long. */
    approval: ApprovalRule.optional(),
  })
  .refine(({ choice, approval }) => approval === undefined || choice === "approve", {
    path: ["approval"],
    message: "Approval options go with approve",
  })
  .refine(
    ({ choice, rateLimit }) =>
      rateLimit === undefined || choice === "limit" || choice === "approve",
    { path: ["rateLimit"], message: "A rate limit goes with limit and approve" },
  );
export type ToolRule = z.infer<typeof ToolRule>;

/** A draft as the editor holds it: YAML or JSON. */
const Text = z.string();
const Note = z.string().trim().max(500, "Use at most 500 characters").default("");

/** `rule: null` takes the tools' own rules back: class and default speak again. */
export const SetToolRules = z.strictObject({
  server: z.string(),
  tools: z.array(z.string()).min(1, "Name at least one tool").max(1000, "Use at most 1,000 tools"),
  rule: ToolRule.nullable(),
});
export type SetToolRules = z.infer<typeof SetToolRules>;

export const ApplyPolicy = z.strictObject({
  server: z.string(),
  text: Text,
  note: Note,
  /** The tests of the policy from now on; those it has stay when absent. */
  cases: PolicyCases.optional(),
  /** The version that was edited; another in force by now is a conflict. */
  base: z.int().min(1).optional(),
});
export type ApplyPolicy = z.infer<typeof ApplyPolicy>;

export const DiffPolicy = z.strictObject({ server: z.string(), text: z.string() });
export type DiffPolicy = z.infer<typeof DiffPolicy>;

/** `rule: null` takes the commands' own rules back: the rule for all other commands speaks. */
export const SetCommandRules = z.strictObject({
  server: z.string(),
  tool: z.string(),
  commands: z
    .array(
      z
        .string()
        .trim()
        .toUpperCase()
        .regex(/^[!-~]+( [!-~]+)*$/, "Write a command such as CONFIG SET")
        .max(128, "Use at most 128 characters"),
    )
    .min(1, "Name at least one command")
    .max(256, "Use at most 256 commands"),
  rule: ToolRule.nullable(),
});
export type SetCommandRules = z.infer<typeof SetCommandRules>;

const Version = z.int().min(1);

export const DiffPolicyVersions = z.strictObject({
  server: z.string(),
  from: Version,
  to: Version,
});
export type DiffPolicyVersions = z.infer<typeof DiffPolicyVersions>;

/** `withCases` takes the tests of that version back as well; else those in force have to hold. */
export const RestorePolicyVersion = z.strictObject({
  server: z.string(),
  version: Version,
  withCases: z.boolean().default(false),
});
export type RestorePolicyVersion = z.infer<typeof RestorePolicyVersion>;

/** Draft and cases default to what is stored. */
export const TestPolicy = z.strictObject({
  server: z.string(),
  text: Text.optional(),
  cases: PolicyCases.optional(),
});
export type TestPolicy = z.infer<typeof TestPolicy>;

const Arguments = z.record(z.string(), z.json()).default({});

/** One call, prompt or resource; `text` is a draft instead of the policy in force. */
export const TryPolicy = z
  .strictObject({
    server: z.string(),
    tool: z.string().optional(),
    prompt: z.string().optional(),
    resource: z.string().optional(),
    arguments: Arguments,
    agent: z.string().optional(),
    text: Text.optional(),
  })
  .refine(
    ({ tool, prompt, resource }) =>
      [tool, prompt, resource].filter((each) => each !== undefined).length === 1,
    { path: ["tool"], message: "Name one tool, prompt or resource" },
  );
export type TryPolicy = z.infer<typeof TryPolicy>;

const maxDays = 30;

/** `1h` to `30d`, read as seconds. */
const Ago = z
  .string()
  .regex(/^[1-9][0-9]{0,3}[hd]$/, "Write 1h to 30d")
  .transform((text) => Number(text.slice(0, -1)) * (text.endsWith("h") ? 3_600 : 86_400))
  .refine((seconds) => seconds <= maxDays * 86_400, `Look back at most ${maxDays} days`);

export const ReplayPolicy = z.strictObject({ server: z.string(), text: Text, from: Ago });
export type ReplayPolicy = z.infer<typeof ReplayPolicy>;

export const ObserveSummary = z.strictObject({ server: z.string(), from: Ago });
export type ObserveSummary = z.infer<typeof ObserveSummary>;

export const SetPolicyMode = z.strictObject({
  server: z.string(),
  mode: z.enum(["enforce", "observe"]),
});
export type SetPolicyMode = z.infer<typeof SetPolicyMode>;
