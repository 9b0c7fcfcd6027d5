"use server";

import type { FormState } from "#lib/errors.ts";
import { createOrgForUser } from "#lib/orgs/orgs.ts";
import { runForm } from "#lib/web/action.ts";
import { goTo } from "#lib/web/go-to.ts";
import { requireUser } from "#lib/web/session.ts";

export async function createOrg(before: FormState, data: FormData): Promise<FormState> {
  return runForm(before, data, [], async ({ name = "", slug = "" }) => {
    const user = await requireUser("/orgs/new");
    const org = await createOrgForUser(user, { name, slug });
    goTo(`/orgs/${org.slug}`);
  });
}
