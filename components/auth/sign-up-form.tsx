"use client";

import { useActionState } from "react";
import { fieldMessages } from "#components/forms/field-messages.ts";
import { FormError } from "#components/forms/form-error.tsx";
import { TextField } from "#components/ui/field.tsx";
import { SubmitButton } from "#components/ui/submit-button.tsx";
import { emptyForm, type FormAction } from "./sign-in-form.tsx";

export const passwordRule =
  "12 characters or more. Any characters; a few unrelated words are easy to remember.";

export function SignUpForm({ action, next }: { action: FormAction; next: string | undefined }) {
  const [state, send] = useActionState(action, emptyForm);
  const errors = fieldMessages(state.error);
  return (
    <form action={send} noValidate className="grid gap-4">
      <FormError error={state.error} />
      {next !== undefined && <input type="hidden" name="next" value={next} />}
      <TextField
        name="name"
        label="Name"
        autoComplete="name"
        help="How your approvals and changes are signed."
        required
        autoFocus={state.error === null}
        defaultValue={state.values.name}
        error={errors.name}
      />
      <TextField
        name="email"
        label="E-mail"
        type="email"
        autoComplete="username"
        inputMode="email"
        required
        defaultValue={state.values.email}
        error={errors.email}
      />
      <TextField
        name="password"
        label="Password"
        type="password"
        autoComplete="new-password"
        help={passwordRule}
        required
        error={errors.password}
      />
      <SubmitButton size="large" pendingText="Creating the account">
        Create account
      </SubmitButton>
    </form>
  );
}
