import { z } from "zod";
import { isWideSpace, type TextOptions, trimWide } from "./lens.ts";
import { parsePath } from "./path.ts";
import { compilePattern, patternMaxLength } from "./pattern.ts";

const textMaxLength = 1_024;
/** Searching costs up to text times part; this keeps one search under 4 ms. */
const partMaxLength = 128;
const listMaxLength = 256;

const path = z
  .string()
  .max(256)
  .refine((text) => parsePath(text) !== null, {
    error: "Write a path into the arguments: a.b, a[0], or a[*] for every element.",
  });

const Text = z.string().min(1).max(textMaxLength);
const Scalar = z.union([z.string().max(textMaxLength), exactNumber(), z.boolean()]);
const Scalars = z
  .array(Scalar)
  .min(1)
  .max(listMaxLength)
  .refine((values) => values.every((value) => typeof value === typeof values[0]), {
    error: "Use values of one type: only texts, only numbers, or only true and false.",
  });

const ignore_case = z.boolean().exactOptional();
const trim = z.boolean().exactOptional();

const equality = { path, value: Scalar, ignore_case, trim };
const membership = { path, value: Scalars, ignore_case, trim };
const order = { path, value: exactNumber() };
const part = { path, value: Text, ignore_case, trim };

const LengthRange = z
  .strictObject({
    /** What is measured; anything else at the path is indeterminate. */
    of: z.enum(["text", "list"]),
    min: z.int().min(0).exactOptional(),
    max: z.int().min(0).exactOptional(),
  })
  .refine(({ min, max }) => min !== undefined || max !== undefined, {
    error: "Write min, max or both.",
  })
  .refine(({ min = 0, max = min }) => min <= max, { error: "min is more than max: swap them." });

/** `CONFIG SET`: words with one space between them. */
const CommandText = z
  .string()
  .min(1)
  .max(partMaxLength)
  .refine((text) => text.split(" ").every((word) => word !== "" && isOneWord(word)), {
    error: "Write a command as words with one space between them.",
  });

/**
 * Whether the words at `path`, continued by the texts listed at `joined_with`, begin with one of
 * the commands. No other operator can say this: `command: CONFIG` with `args: [SET, …]`,
 * `command: "config set"` and `command: "DEL key"` spell their operation in different places.
 */
const command = {
  path,
  joined_with: path.exactOptional(),
  value: z.array(CommandText).min(1).max(listMaxLength),
  ignore_case,
};

/**
 * One test of one place in the arguments. `value` always has the type the operator needs, so a
 * rule that could never be judged is refused when it is written.
 */
export const Condition = z.discriminatedUnion("op", [
  z.strictObject({ ...equality, op: z.literal("eq") }).superRefine(checkTextOptions),
  z.strictObject({ ...equality, op: z.literal("neq") }).superRefine(checkTextOptions),
  z.strictObject({ ...membership, op: z.literal("in") }).superRefine(checkTextOptions),
  z.strictObject({ ...membership, op: z.literal("not_in") }).superRefine(checkTextOptions),
  z.strictObject({ ...order, op: z.literal("lt") }),
  z.strictObject({ ...order, op: z.literal("lte") }),
  z.strictObject({ ...order, op: z.literal("gt") }),
  z.strictObject({ ...order, op: z.literal("gte") }),
  z.strictObject({ path, op: z.literal("exists"), value: z.boolean() }),
  z.strictObject({ ...part, op: z.literal("contains"), value: Text.max(partMaxLength) }),
  z.strictObject({ ...part, op: z.literal("starts_with") }),
  z.strictObject({ ...part, op: z.literal("ends_with") }),
  z
    .strictObject({
      path,
      op: z.literal("matches"),
      value: z.string().min(1).max(patternMaxLength),
      ignore_case,
      trim,
    })
    .superRefine(checkPattern),
  z.strictObject({ path, op: z.literal("length"), value: LengthRange }),
  z.strictObject({ ...command, op: z.literal("command_in") }).superRefine(checkPlaces),
  z.strictObject({ ...command, op: z.literal("command_not_in") }).superRefine(checkPlaces),
]);
export type Condition = z.infer<typeof Condition>;
export type Operator = Condition["op"];

function exactNumber() {
  return z
    .number()
    .refine((value) => !Number.isInteger(value) || Number.isSafeInteger(value), {
      error: "This number is too large to be exact: use at most 9007199254740991.",
    })
    .overwrite((value) => value + 0); // -0 is written as 0
}

interface Comparison extends TextOptions {
  value: string | number | boolean | (string | number | boolean)[];
}

function checkTextOptions(condition: Comparison, context: z.RefinementCtx): void {
  const values = Array.isArray(condition.value) ? condition.value : [condition.value];
  for (const option of ["ignore_case", "trim"] as const) {
    if (condition[option] === undefined || values.every((value) => typeof value === "string")) {
      continue;
    }
    const message = `"${option}" goes only with texts: remove it or put the value in quotes.`;
    context.addIssue({ code: "custom", path: [option], message });
  }
  const padded = (value: unknown) => typeof value === "string" && value !== trimWide(value);
  if (condition.trim === true && values.some(padded)) {
    const message = "With trim, a value with spaces at its ends can never be equal: remove them.";
    context.addIssue({ code: "custom", path: ["value"], message });
  }
}

function checkPlaces(
  condition: { path: string; joined_with?: string },
  context: z.RefinementCtx,
): void {
  for (const field of ["path", "joined_with"] as const) {
    if (condition[field]?.includes("[*]") !== true) continue;
    const message = "A command stands in one place: write a path without [*].";
    context.addIssue({ code: "custom", path: [field], message });
  }
}

function isOneWord(word: string): boolean {
  return Array.from(word, (_, index) => word.charCodeAt(index)).every((unit) => !isWideSpace(unit));
}

function checkPattern(
  condition: { value: string; ignore_case?: boolean },
  context: z.RefinementCtx,
): void {
  try {
    compilePattern(condition.value, condition.ignore_case === true);
  } catch (error) {
    const message = error instanceof Error ? error.message : "This pattern cannot be used.";
    context.addIssue({ code: "custom", path: ["value"], message });
  }
}
