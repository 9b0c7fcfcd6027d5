"use client";

import { useActionState } from "react";
import { fieldSentences } from "#components/forms/field-sentences.ts";
import { FormError } from "#components/forms/form-error.tsx";
import { TextField } from "#components/ui/field.tsx";
import { SubmitButton } from "#components/ui/submit-button.tsx";
import type { FormState } from "#lib/errors.ts";

export type FormAction = (before: FormState, data: FormData) => Promise<FormState>;

export const emptyForm: FormState = { values: {}, error: null, saved: 0 };

const labels = { email: "E-mail", password: "Password" };

export function SignInForm({ action, next }: { action: FormAction; next: string | undefined }) {
  const [state, send] = useActionState(action, emptyForm);
  const errors = fieldSentences(state.error, labels);
  return (
    <form action={send} noValidate className="grid gap-4">
      <FormError error={state.error} labels={labels} />
      {next !== undefined && <input type="hidden" name="next" value={next} />}
      <TextField
        name="email"
        label={labels.email}
        type="email"
        autoComplete="username"
        inputMode="email"
        required
        autoFocus={state.error === null}
        defaultValue={state.values.email}
        error={errors.email}
      />
      <TextField
        name="password"
        label={labels.password}
        type="password"
        autoComplete="current-password"
        required
        error={errors.password}
      />
      <SubmitButton size="large" pendingText="Signing in">
        Sign in
      </SubmitButton>
    </form>
  );
}
