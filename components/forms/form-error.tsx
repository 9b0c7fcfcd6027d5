import { FormSummary } from "#components/ui/form-summary.tsx";
import type { ActionError } from "#lib/errors.ts";
import { fieldMessages } from "./field-messages.ts";

/** What stood in the way of a form, above its fields; the fields' own messages say it where there are any. */
export function FormError({ error }: { error: ActionError | null }) {
  if (error === null) return null;
  const fields = fieldMessages(error);
  const message = Object.keys(fields).length === 0 ? error.message : undefined;
  return <FormSummary message={message} fields={fields} />;
}
