"use server";

import { revalidatePath } from "next/cache";
import type { FormState } from "#lib/errors.ts";
import { parseInput } from "#lib/input.ts";
import { renameOrg } from "#lib/orgs/orgs.ts";
import { SetMinimumRevision } from "#lib/orgs/schema.ts";
import { setMinimumRevision } from "#lib/orgs/settings.ts";
import { runForm } from "#lib/web/action.ts";
import { orgContextOf } from "#lib/web/session.ts";

export async function saveOrgName(
  orgSlug: string,
  before: FormState,
  data: FormData,
): Promise<FormState> {
  return runForm(before, data, [], async ({ name = "" }) => {
    await renameOrg(await orgContextOf(orgSlug, "org.update"), { name });
    revalidatePath("/orgs/[org]", "layout");
  });
}

export async function saveMinimumRevision(
  orgSlug: string,
  before: FormState,
  data: FormData,
): Promise<FormState> {
  return runForm(before, data, [], async ({ minimumRevision = "" }) => {
    const context = await orgContextOf(orgSlug, "org.update");
    const chosen = { minimumRevision: minimumRevision === "any" ? null : minimumRevision };
    await setMinimumRevision(context, parseInput(SetMinimumRevision, chosen));
    revalidatePath("/orgs/[org]", "layout");
  });
}
