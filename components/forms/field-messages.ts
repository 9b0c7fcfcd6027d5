import type { ActionError } from "#lib/errors.ts";

/** Messages by field as whole sentences, for beside the field and for the summary alike. */
export function fieldMessages(error: Pick<ActionError, "fields"> | null): Record<string, string[]> {
  if (error === null) return {};
  return Object.fromEntries(
    Object.entries(error.fields).map(([name, messages]) => [name, messages.map(asSentence)]),
  );
}

function asSentence(text: string): string {
  const sentence = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}
