"use client";

import { useActionState } from "react";
import type { FormState } from "#lib/errors.ts";
import { fieldMessages } from "./field-messages.ts";

export type FormAction = (before: FormState, data: FormData) => Promise<FormState>;

/** A form that also works without JavaScript: its state, its action, and its messages by field. */
export function useForm(action: FormAction): {
  state: FormState;
  send: (data: FormData) => void;
  errors: Record<string, string[]>;
} {
  const [state, send] = useActionState(action, { values: {}, error: null, saved: 0 });
  return { state, send, errors: fieldMessages(state.error) };
}
