import { MailCheck } from "lucide-react";
import type { FormState } from "#lib/errors.ts";

/** Says that a mail is on its way, in the same words whoever the address belongs to. */
export function LinkSent({ state }: { state: FormState }) {
  if (state.saved === 0 || state.error !== null) return null;
  return (
    <div role="status" className="grid gap-1 rounded border bg-raised p-4 text-sm">
      <p className="flex items-center gap-2 font-medium">
        <MailCheck aria-hidden="true" className="size-4 shrink-0 text-positive" />
        We have sent a message
      </p>
      <p className="wrap-anywhere text-muted">
        Open the link in it within an hour. Nothing there after a minute? Look among the spam, and
        check the address: {state.values.email}
      </p>
    </div>
  );
}
