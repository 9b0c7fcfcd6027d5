import type { ActionError } from "#lib/errors.ts";

/** Messages by field as whole sentences, for beside the field and for the summary alike. */
export function fieldSentences(
  error: ActionError | null,
  labels: Record<string, string>,
): Record<string, string[]> {
  if (error === null) return {};
  return Object.fromEntries(
    Object.entries(error.fields).map(([name, messages]) => [
      name,
      messages.map((message) => `${labels[name] ?? name} ${message}.`),
    ]),
  );
}

/** What a summary says above the fields' own messages; nothing where those say it all. */
export function summaryMessage(error: ActionError | null): string | undefined {
  if (error === null || Object.keys(error.fields).length > 0) return undefined;
  return error.message;
}
