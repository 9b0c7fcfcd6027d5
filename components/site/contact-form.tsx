"use client";

import { CircleCheck } from "lucide-react";
import { FormError } from "#components/forms/form-error.tsx";
import { type FormAction, useForm } from "#components/forms/use-form.ts";
import { TextareaField, TextField } from "#components/ui/field.tsx";
import { Link } from "#components/ui/link.tsx";
import { SubmitButton } from "#components/ui/submit-button.tsx";

/** Name, address and a question; works without JavaScript. */
export function ContactForm({ action }: { action: FormAction }) {
  const { state, send, errors } = useForm(action);
  if (state.saved > 0 && state.error === null) {
    return (
      <div
        ref={takeFocus}
        role="status"
        tabIndex={-1}
        className="grid gap-1 rounded border bg-raised p-4"
      >
        <p className="flex items-center gap-2 font-medium">
          <CircleCheck aria-hidden="true" className="size-4 text-positive" />
          Message sent
        </p>
        <p className="text-muted text-sm">The answer goes to {state.values.email}.</p>
        <Link
          href="/catalog"
          className="w-fit rounded text-accent text-sm underline underline-offset-3 pointer-coarse:py-3"
        >
          Back to the catalogue
        </Link>
      </div>
    );
  }
  return (
    <form action={send} noValidate className="grid gap-4">
      <FormError error={state.error} />
      <TextField
        name="name"
        label="Name"
        autoComplete="name"
        required
        defaultValue={state.values.name}
        error={errors.name}
      />
      <TextField
        name="email"
        label="E-mail"
        type="email"
        autoComplete="email"
        inputMode="email"
        help="Used for the answer and nothing else."
        required
        defaultValue={state.values.email}
        error={errors.email}
      />
      <TextareaField
        name="message"
        label="Message"
        rows={6}
        maxLength={5000}
        required
        defaultValue={state.values.message}
        error={errors.message}
      />
      <div className="sr-only" aria-hidden="true">
        <label htmlFor="website">Leave this empty</label>
        <input id="website" name="website" tabIndex={-1} autoComplete="off" />
      </div>
      <SubmitButton size="large" pendingText="Sending" className="w-fit">
        Send message
      </SubmitButton>
    </form>
  );
}

/** The form that had it is gone. */
function takeFocus(node: HTMLElement | null): void {
  node?.focus();
}
