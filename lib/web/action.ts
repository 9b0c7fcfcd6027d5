import "server-only";
import { revalidatePath } from "next/cache";
import type { z } from "zod";
import type { OrgContext } from "#lib/auth/context.ts";
import type { Permission } from "#lib/auth/permissions.ts";
import type { ActionResult, FormState } from "#lib/errors.ts";
import { parseInput } from "#lib/input.ts";
import { actionErrorOf } from "./errors.ts";
import { orgContextOf } from "./session.ts";

/**
 * A server action around a verb: who asks, what they may do, what they send, in this order. The
 * org's pages are read again afterwards, and the page in view comes back with the answer.
 */
export function orgAction<Schema extends z.ZodType, Data>(
  permission: Permission,
  schema: Schema,
  verb: (context: OrgContext, input: z.output<Schema>) => Promise<Data>,
): (orgSlug: string, input: unknown) => Promise<ActionResult<Data>> {
  const query = orgQuery(permission, schema, verb);
  return async (orgSlug, input) => {
    const result = await query(orgSlug, input);
    if (result.ok) revalidatePath("/orgs/[org]", "layout");
    return result;
  };
}

/** The same for what changes nothing. */
export function orgQuery<Schema extends z.ZodType, Data>(
  permission: Permission,
  schema: Schema,
  verb: (context: OrgContext, input: z.output<Schema>) => Promise<Data>,
): (orgSlug: string, input: unknown) => Promise<ActionResult<Data>> {
  return async (orgSlug, input) => {
    try {
      const context = await orgContextOf(String(orgSlug), permission);
      return { ok: true, data: await verb(context, parseInput(schema, input)) };
    } catch (error) {
      return { ok: false, error: actionErrorOf(error) };
    }
  };
}

/**
 * Runs a form that works without JavaScript, for `useActionState`: the values come back, except the
 * secret ones, and so does what stood in the way.
 */
export async function runForm(
  before: FormState,
  data: FormData,
  secrets: readonly string[],
  work: (values: Record<string, string>) => Promise<void>,
): Promise<FormState> {
  const values = Object.fromEntries(
    [...data].filter(
      (entry): entry is [string, string] =>
        typeof entry[1] === "string" && !entry[0].startsWith("$"),
    ),
  );
  const kept = Object.fromEntries(
    Object.entries(values).filter(([name]) => !secrets.includes(name)),
  );
  try {
    await work(values);
    return { values: kept, error: null, saved: before.saved + 1 };
  } catch (error) {
    return { values: kept, error: actionErrorOf(error), saved: before.saved };
  }
}
