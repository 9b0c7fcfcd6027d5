"use server";

import { revalidatePath } from "next/cache";
import { renameUser } from "#lib/auth/profile.ts";
import { endUserSessions } from "#lib/auth/sessions.ts";
import { changePassword } from "#lib/auth/users.ts";
import type { FormState } from "#lib/errors.ts";
import { runForm } from "#lib/web/action.ts";
import { requireUser } from "#lib/web/session.ts";

export async function saveName(before: FormState, data: FormData): Promise<FormState> {
  return runForm(before, data, [], async ({ name = "" }) => {
    const user = await requireUser("/account");
    await renameUser(user.id, { name });
    revalidatePath("/", "layout");
  });
}

export async function savePassword(before: FormState, data: FormData): Promise<FormState> {
  return runForm(before, data, ["current", "next"], async ({ current = "", next = "" }) => {
    const user = await requireUser("/account");
    await changePassword(user.id, { current, next }, user.sessionId);
  });
}

export async function endOtherSessions(before: FormState, data: FormData): Promise<FormState> {
  return runForm(before, data, [], async () => {
    const user = await requireUser("/account");
    await endUserSessions(user.id, user.sessionId);
  });
}
