"use client";

import { FormError } from "#components/forms/form-error.tsx";
import { type FormAction, useForm } from "#components/forms/use-form.ts";
import { TextField } from "#components/ui/field.tsx";
import { SubmitButton } from "#components/ui/submit-button.tsx";
import { LinkSent } from "./link-sent.tsx";

export const passwordRule =
  "12 characters or more. Any characters; a few unrelated words are easy to remember.";

export function SignUpForm({ action, next }: { action: FormAction; next: string | undefined }) {
  const { state, send, errors } = useForm(action);
  return (
    <form action={send} noValidate className="grid gap-4">
      <FormError error={state.error} />
      <LinkSent state={state} />
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
