"use client";

import { useActionState } from "react";
import { fieldMessages } from "#components/forms/field-messages.ts";
import { FormError } from "#components/forms/form-error.tsx";
import { TextField } from "#components/ui/field.tsx";
import { SubmitButton } from "#components/ui/submit-button.tsx";
import type { FormState } from "#lib/errors.ts";

export type FormAction = (before: FormState, data: FormData) => Promise<FormState>;

export const emptyForm: FormState = { values: {}, error: null, saved: 0 };

export function SignInForm({ action, next }: { action: FormAction; next: string | undefined }) {
  const [state, send] = useActionState(action, emptyForm);
  const errors = fieldMessages(state.error);
  return (
    <form action={send} noValidate className="grid gap-4">
      <FormError error={state.error} />
      {next !== undefined && <input type="hidden" name="next" value={next} />}
      <TextField
        name="email"
        label="E-mail"
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
        label="Password"
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
