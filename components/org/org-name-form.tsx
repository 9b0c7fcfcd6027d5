"use client";

import { useActionState } from "react";
import { emptyForm, type FormAction } from "#components/auth/sign-in-form.tsx";
import { fieldMessages } from "#components/forms/field-messages.ts";
import { FormError } from "#components/forms/form-error.tsx";
import { SavedNote } from "#components/forms/saved-note.tsx";
import { TextField } from "#components/ui/field.tsx";
import { SubmitButton } from "#components/ui/submit-button.tsx";

export function OrgNameForm({ action, name }: { action: FormAction; name: string }) {
  const [state, send] = useActionState(action, emptyForm);
  return (
    <form action={send} noValidate className="grid gap-4">
      <FormError error={state.error} />
      <TextField
        name="name"
        label="Name"
        defaultValue={state.values.name ?? name}
        error={fieldMessages(state.error).name}
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
