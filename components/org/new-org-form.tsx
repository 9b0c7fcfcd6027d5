"use client";

import { useState } from "react";
import { FormError } from "#components/forms/form-error.tsx";
import { type FormAction, useForm } from "#components/forms/use-form.ts";
import { ButtonLink } from "#components/ui/button.tsx";
import { TextField } from "#components/ui/field.tsx";
import { SubmitButton } from "#components/ui/submit-button.tsx";
import { slugOf } from "./slug-of.ts";

export function NewOrgForm({ action, proxyUrl }: { action: FormAction; proxyUrl: string }) {
  const { state, send, errors } = useForm(action);
  const [name, setName] = useState(state.values.name ?? "");
  // Follows the name until somebody types an address.
  const [slug, setSlug] = useState<string | null>(state.values.slug ?? null);
  const shown = slug ?? slugOf(name);
  return (
    <form action={send} noValidate className="grid gap-4">
      <FormError error={state.error} />
      <TextField
        name="name"
        label="Name"
        autoComplete="organization"
        autoFocus
        required
        value={name}
        onChange={(event) => setName(event.target.value)}
        error={errors.name}
      />
      <TextField
        name="slug"
        label="Address"
        help={
          <>
            Stays for good: agents use{" "}
            <span className="break-all font-mono text-xs max-sm:block">
              {proxyUrl}/mcp/<b className="font-semibold text-text">{shown || "address"}</b>/…
            </span>
          </>
        }
        mono
        required
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        value={shown}
        onChange={(event) => setSlug(event.target.value)}
        error={errors.slug}
      />
      <div className="flex gap-2 pt-1">
        <SubmitButton pendingText="Creating the org">Create org</SubmitButton>
        <ButtonLink href="/orgs" variant="ghost">
          Cancel
        </ButtonLink>
      </div>
    </form>
  );
}
