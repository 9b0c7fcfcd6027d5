"use client";

import { FormError } from "#components/forms/form-error.tsx";
import { SavedNote } from "#components/forms/saved-note.tsx";
import { type FormAction, useForm } from "#components/forms/use-form.ts";
import { TextField } from "#components/ui/field.tsx";
import { SubmitButton } from "#components/ui/submit-button.tsx";

export function OrgNameForm({ action, name }: { action: FormAction; name: string }) {
  const { state, send, errors } = useForm(action);
  return (
    <form action={send} noValidate className="grid gap-4">
      <FormError error={state.error} />
      <TextField
        name="name"
        label="Name"
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
