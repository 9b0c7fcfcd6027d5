"use client";

import { useActionState } from "react";
import { fieldSentences } from "#components/forms/field-sentences.ts";
import { FormError } from "#components/forms/form-error.tsx";
import { SavedNote } from "#components/forms/saved-note.tsx";
import { TextField } from "#components/ui/field.tsx";
import { SubmitButton } from "#components/ui/submit-button.tsx";
import { emptyForm, type FormAction } from "./sign-in-form.tsx";
import { passwordRule } from "./sign-up-form.tsx";

const nameLabels = { name: "Name" };

export function NameForm({ action, name }: { action: FormAction; name: string }) {
  const [state, send] = useActionState(action, emptyForm);
  return (
    <form action={send} noValidate className="grid gap-4">
      <FormError error={state.error} labels={nameLabels} />
      <TextField
        name="name"
        label={nameLabels.name}
        autoComplete="name"
        help="How your approvals and changes are signed from now on."
        defaultValue={state.values.name ?? name}
        error={fieldSentences(state.error, nameLabels).name}
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

const passwordLabels = { current: "Present password", next: "New password" };

export function PasswordForm({ action, email }: { action: FormAction; email: string }) {
  const [state, send] = useActionState(action, emptyForm);
  const errors = fieldSentences(state.error, passwordLabels);
  return (
    <form action={send} noValidate className="grid gap-4">
      <FormError error={state.error} labels={passwordLabels} />
      <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
      <TextField
        name="current"
        label={passwordLabels.current}
        type="password"
        autoComplete="current-password"
        error={errors.current}
      />
      <TextField
        name="next"
        label={passwordLabels.next}
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
  const [state, send] = useActionState(action, emptyForm);
  return (
    <form action={send} className="flex flex-wrap items-center gap-3">
      <SubmitButton variant="secondary" pendingText="Signing out">
        Sign out other browsers
      </SubmitButton>
      <SavedNote state={state}>Every other browser is signed out</SavedNote>
      <FormError error={state.error} labels={{}} />
    </form>
  );
}
