"use client";

import { FormError } from "#components/forms/form-error.tsx";
import { type FormAction, useForm } from "#components/forms/use-form.ts";
import { TextField } from "#components/ui/field.tsx";
import { SubmitButton } from "#components/ui/submit-button.tsx";
import { LinkSent } from "./link-sent.tsx";

/** An address to mail a link to. */
export function LinkForm({ action, next }: { action: FormAction; next: string | undefined }) {
  const { state, send, errors } = useForm(action);
  const sent = state.saved > 0 && state.error === null;
  return (
    <form action={send} noValidate className="grid gap-4">
      <FormError error={state.error} />
      <LinkSent state={state} />
      {next !== undefined && <input type="hidden" name="next" value={next} />}
      <TextField
        name="email"
        label="E-mail"
        type="email"
        autoComplete="username"
        inputMode="email"
        required
        autoFocus={state.error === null && !sent}
        defaultValue={state.values.email}
        error={errors.email}
      />
      <SubmitButton
        size="large"
        variant={sent ? "secondary" : "primary"}
        pendingText="Sending the link"
      >
        {sent ? "Send it again" : "E-mail me a link"}
      </SubmitButton>
    </form>
  );
}
