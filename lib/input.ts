import type { z } from "zod";
import { AppError } from "#lib/errors.ts";

/**
 * What the schema makes of an input: every verb's second line.
 *
 * @throws AppError `invalid_input`; `fields` has the messages by dotted path, "" for the whole input
 */
export function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
): z.output<Schema> {
  if (hasNul(input)) {
    throw new AppError(
      "invalid_input",
      "The input contains a NUL character, which cannot be stored. Remove it and try again.",
    );
  }
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const fields: Record<string, string[]> = {};
  for (const [path, message] of parsed.error.issues.flatMap(problemsOf)) {
    fields[path] = [...(fields[path] ?? []), message];
  }
  const problems = Object.entries(fields).map(([path, messages]) =>
    path === "" ? messages.join("; ") : `${path}: ${messages.join("; ")}`,
  );
  throw new AppError("invalid_input", `This cannot be used as it is. ${problems.join(". ")}.`, {
    fields,
  });
}

/** Postgres text cannot hold NUL; refused here, so that no verb meets it as a database error. */
function hasNul(value: unknown): boolean {
  if (typeof value === "string") return value.includes("\0");
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(([key, part]) => hasNul(key) || hasNul(part));
}

function problemsOf(issue: z.core.$ZodIssue): [path: string, message: string][] {
  const path = issue.path.join(".");
  if (issue.code !== "unrecognized_keys") return [[path, issue.message]];
  return issue.keys.map((key) => [[...issue.path, key].join("."), "This field is not known"]);
}
