"use client";

import { FormError } from "#components/forms/form-error.tsx";
import { SavedNote } from "#components/forms/saved-note.tsx";
import { type FormAction, useForm } from "#components/forms/use-form.ts";
import { TextField } from "#components/ui/field.tsx";
import { SubmitButton } from "#components/ui/submit-button.tsx";
import { passwordRule } from "./sign-up-form.tsx";

export function NameForm({ action, name }: { action: FormAction; name: string }) {
  const { state, send, errors } = useForm(action);
  return (
    <form action={send} noValidate className="grid gap-4">
      <FormError error={state.error} />
      <TextField
        name="name"
        label="Name"
        autoComplete="name"
        help="How your approvals and changes are signed from now on."
        defaultValue={state.values.name ?? name}
        error={errors.name}
      />
      <div className="flex items-center gap-3">
        <SubmitButton variant="secondary" pendingText="Saving">
          Save name
        </SubmitButton>
        <SavedNote state={state}>Saved</SavedNote>
      </div>
    </form>
  );
}

export function PasswordForm({ action, email }: { action: FormAction; email: string }) {
  const { state, send, errors } = useForm(action);
  return (
    <form action={send} noValidate className="grid gap-4">
      <FormError error={state.error} />
      <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
      <TextField
        name="current"
        label="Present password"
        type="password"
        autoComplete="current-password"
        error={errors.current}
      />
      <TextField
        name="next"
        label="New password"
        type="password"
        autoComplete="new-password"
        help={passwordRule}
        error={errors.next}
      />
      <div className="flex items-center gap-3">
        <SubmitButton variant="secondary" pendingText="Changing the password">
          Change password
        </SubmitButton>
        <SavedNote state={state}>Changed; every other browser is signed out</SavedNote>
      </div>
    </form>
  );
}

export function OtherSessionsForm({ action }: { action: FormAction }) {
  const { state, send } = useForm(action);
  return (
    <form action={send} className="flex flex-wrap items-center gap-3">
      <SubmitButton variant="secondary" pendingText="Signing out">
        Sign out other browsers
      </SubmitButton>
      <SavedNote state={state}>Every other browser is signed out</SavedNote>
      <FormError error={state.error} />
    </form>
  );
}
