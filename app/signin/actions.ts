"use server";

import { redirect } from "next/navigation";
import { redeemSignInLink, requestSignInLink } from "#lib/auth/sign-in-links.ts";
import { signUp as signUpVerb } from "#lib/auth/sign-up.ts";
import { signInUser } from "#lib/auth/users.ts";
import type { FormState } from "#lib/errors.ts";
import { runForm } from "#lib/web/action.ts";
import { signInBrowser, signOutBrowser } from "#lib/web/auth.ts";
import { goTo } from "#lib/web/go-to.ts";
import { returnPath } from "#lib/web/return-path.ts";
import { clientAddress } from "#lib/web/session.ts";

export async function signIn(before: FormState, data: FormData): Promise<FormState> {
  return runForm(before, data, ["password"], async ({ email = "", password = "", next }) => {
    const address = await clientAddress();
    await signInBrowser(await signInUser({ email, password }, { address }));
    goTo(returnPath(next));
  });
}

export async function signUp(before: FormState, data: FormData): Promise<FormState> {
  return runForm(before, data, ["password"], async ({ name, email = "", password, next }) => {
    const form = { name, email, password, next: pathOf(next) };
    const signedIn = await signUpVerb(form, await clientAddress());
    if (!signedIn) return;
    await signInBrowser(signedIn);
    goTo(form.next ?? "/orgs/new");
  });
}

export async function askForLink(before: FormState, data: FormData): Promise<FormState> {
  return runForm(before, data, [], async ({ email = "", next }) => {
    await requestSignInLink({ email, next: pathOf(next) }, await clientAddress());
  });
}

export async function openLink(before: FormState, data: FormData): Promise<FormState> {
  const secrets = ["token", "password", "newPassword"];
  return runForm(before, data, secrets, async ({ token = "", ...typed }) => {
    const { name, password, newPassword } = typed;
    const opened = await redeemSignInLink(token, { name, password, newPassword });
    // Shows the page again, which says that the link does nothing any more.
    if (!opened) goTo(`/signin/link?token=${encodeURIComponent(token)}`);
    await signInBrowser(opened);
    goTo(returnPath(opened.next ?? (opened.isNew ? "/orgs/new" : undefined)));
  });
}

export async function signOut(): Promise<void> {
  await signOutBrowser();
  redirect("/signin");
}

/** Where a form leads afterwards, when it says so. */
function pathOf(next: string | undefined): string | null {
  return next === undefined ? null : returnPath(next);
}
