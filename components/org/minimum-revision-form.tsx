"use client";

import { FormError } from "#components/forms/form-error.tsx";
import { SavedNote } from "#components/forms/saved-note.tsx";
import { type FormAction, useForm } from "#components/forms/use-form.ts";
import { SelectField } from "#components/ui/field.tsx";
import { SubmitButton } from "#components/ui/submit-button.tsx";
import { modernRevision, revisions } from "#lib/policy/revisions.ts";

const options = [
  { value: "any", label: "Any revision" },
  ...revisions.map((value) => ({ value, label: `${value} or newer` })),
];

/** The oldest MCP revision that agents may speak. */
export function MinimumRevisionForm({
  action,
  minimumRevision,
}: {
  action: FormAction;
  minimumRevision: string | null;
}) {
  const { state, send, errors } = useForm(action);
  const value = state.values.minimumRevision ?? minimumRevision ?? "any";
  return (
    <form action={send} noValidate className="grid gap-4">
      <FormError error={state.error} />
      <SelectField
        // A form that was sent goes back to what its select began with.
        key={value}
        name="minimumRevision"
        label="Oldest MCP revision"
        options={options}
        defaultValue={value}
        help={`${modernRevision} shuts out every client that opens sessions with initialize; agents that speak it are never refused, whatever their servers speak.`}
        error={errors.minimumRevision}
      />
      <div className="flex items-center gap-3">
        <SubmitButton variant="secondary" pendingText="Saving">
          Save revision
        </SubmitButton>
        <SavedNote state={state}>Saved</SavedNote>
      </div>
    </form>
  );
}
