"use client";

import { FormError } from "#components/forms/form-error.tsx";
import { type FormAction, useForm } from "#components/forms/use-form.ts";
import { TextField } from "#components/ui/field.tsx";
import { SubmitButton } from "#components/ui/submit-button.tsx";

export function SignInForm({ action, next }: { action: FormAction; next: string | undefined }) {
  const { state, send, errors } = useForm(action);
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
