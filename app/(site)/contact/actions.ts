"use server";

import { sendMessage } from "#lib/contact/contact.ts";
import type { FormState } from "#lib/errors.ts";
import { runForm } from "#lib/web/action.ts";
import { clientAddress } from "#lib/web/session.ts";

export async function contact(before: FormState, data: FormData): Promise<FormState> {
  return runForm(before, data, [], async (values) => sendMessage(values, await clientAddress()));
}
