import { FormSummary } from "#components/ui/form-summary.tsx";
import type { ActionError } from "#lib/errors.ts";
import { fieldSentences, summaryMessage } from "./field-sentences.ts";

/** What stood in the way of a form, above its fields. */
export function FormError({
  error,
  labels,
}: {
  error: ActionError | null;
  labels: Record<string, string>;
}) {
  return <FormSummary message={summaryMessage(error)} fields={fieldSentences(error, labels)} />;
}
