"use client";

import { useActionState } from "react";
import { fieldSentences } from "#components/forms/field-sentences.ts";
import { FormError } from "#components/forms/form-error.tsx";
import { TextField } from "#components/ui/field.tsx";
import { SubmitButton } from "#components/ui/submit-button.tsx";
import { emptyForm, type FormAction } from "./sign-in-form.tsx";

const labels = { name: "Name", email: "E-mail", password: "Password" };

export const passwordRule =
  "12 characters or more. Any characters; a few unrelated words are easy to remember.";

export function SignUpForm({ action, next }: { action: FormAction; next: string | undefined }) {
  const [state, send] = useActionState(action, emptyForm);
  const errors = fieldSentences(state.error, labels);
  return (
    <form action={send} noValidate className="grid gap-4">
      <FormError error={state.error} labels={labels} />
      {next !== undefined && <input type="hidden" name="next" value={next} />}
      <TextField
        name="name"
        label={labels.name}
        autoComplete="name"
        help="How your approvals and changes are signed."
        required
        autoFocus={state.error === null}
        defaultValue={state.values.name}
        error={errors.name}
      />
      <TextField
        name="email"
        label={labels.email}
        type="email"
        autoComplete="username"
        inputMode="email"
        required
        defaultValue={state.values.email}
        error={errors.email}
      />
      <TextField
        name="password"
        label={labels.password}
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
