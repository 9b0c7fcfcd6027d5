import { CircleCheck } from "lucide-react";
import type { FormState } from "#lib/errors.ts";

/** Says beside the button that a form was saved. */
export function SavedNote({ state, children }: { state: FormState; children: string }) {
  const shown = state.saved > 0 && state.error === null;
  return (
    <span role="status" className="inline-flex items-center gap-1.5 text-muted text-sm">
      {shown && (
        <>
          <CircleCheck aria-hidden="true" className="size-4 text-positive" />
          {children}
        </>
      )}
    </span>
  );
}
