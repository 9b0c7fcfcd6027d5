"use server";

import { revalidatePath } from "next/cache";
import type { FormState } from "#lib/errors.ts";
import { renameOrg } from "#lib/orgs/orgs.ts";
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
