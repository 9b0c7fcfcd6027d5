"use server";

import { redirect } from "next/navigation";
import { authenticateUser, createUserAccount } from "#lib/auth/users.ts";
import type { FormState } from "#lib/errors.ts";
import { runForm } from "#lib/web/action.ts";
import { signInBrowser, signOutBrowser } from "#lib/web/auth.ts";
import { goTo } from "#lib/web/go-to.ts";
import { returnPath } from "#lib/web/return-path.ts";
import { clientAddress } from "#lib/web/session.ts";

export async function signIn(before: FormState, data: FormData): Promise<FormState> {
  return runForm(before, data, ["password"], async ({ email = "", password = "", next }) => {
    const address = await clientAddress();
    const user = await authenticateUser({ email, password }, { address });
    await signInBrowser(user.id);
    goTo(returnPath(next));
  });
}

export async function signUp(before: FormState, data: FormData): Promise<FormState> {
  return runForm(
    before,
    data,
    ["password"],
    async ({ name = "", email = "", password = "", next }) => {
      const address = await clientAddress();
      const user = await createUserAccount({ name, email, password, address });
      await signInBrowser(user.id);
      goTo(next === undefined ? "/orgs/new" : returnPath(next));
    },
  );
}

export async function signOut(): Promise<void> {
  await signOutBrowser();
  redirect("/signin");
}
