"use server";

import type { FormState } from "#lib/errors.ts";
import { createOrgForUser } from "#lib/orgs/orgs.ts";
import { runForm } from "#lib/web/action.ts";
import { goTo } from "#lib/web/go-to.ts";
import { requireUser } from "#lib/web/session.ts";
import { registerChoice } from "./register-choice.ts";

/** @param register the server of the catalogue that is to be registered in the new org, if any */
export async function createOrg(
  register: string | null,
  before: FormState,
  data: FormData,
): Promise<FormState> {
  return runForm(before, data, [], async ({ name = "", slug = "" }) => {
    const choice = registerChoice(register);
    const user = await requireUser(`/orgs/new${choice?.query ?? ""}`);
    const org = await createOrgForUser(user, { name, slug });
    goTo(`/orgs/${org.slug}${choice?.place ?? ""}`);
  });
}
