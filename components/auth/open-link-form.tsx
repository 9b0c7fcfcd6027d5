"use client";

import { ChevronRight } from "lucide-react";
import { FormError } from "#components/forms/form-error.tsx";
import { type FormAction, useForm } from "#components/forms/use-form.ts";
import { TextField } from "#components/ui/field.tsx";
import { SubmitButton } from "#components/ui/submit-button.tsx";
import type { SignInLinkDetail } from "#lib/auth/sign-in-links.ts";
import { passwordRule } from "./sign-up-form.tsx";

export interface OpenLinkFormProps {
  action: FormAction;
  token: string;
  link: SignInLinkDetail;
}

/** Uses a link up: a button to an account, name and password to a new one. */
export function OpenLinkForm({ action, token, link }: OpenLinkFormProps) {
  const { state, send, errors } = useForm(action);
  return (
    <form action={send} noValidate className="grid gap-4">
      <FormError error={state.error} />
      <input type="hidden" name="token" value={token} />
      {/* For password managers alone. */}
      <input type="hidden" name="username" autoComplete="username" value={link.email} />
      {link.isNew ? (
        <>
          <TextField
            name="name"
            label="Name"
            autoComplete="name"
            help="How your approvals and changes are signed."
            required
            autoFocus={state.error === null}
            defaultValue={state.values.name}
            error={errors.name}
          />
          <TextField
            name="password"
            label="Password"
            type="password"
            autoComplete="new-password"
            help={passwordRule}
            required
            error={errors.password}
          />
        </>
      ) : (
        <details open={errors.newPassword !== undefined} className="group text-sm">
          <summary className="flex w-fit cursor-pointer list-none items-center gap-1 rounded-sm text-muted hover:text-text pointer-coarse:min-h-11 [&::-webkit-details-marker]:hidden">
            <ChevronRight
              aria-hidden="true"
              className="size-4 transition-transform group-open:rotate-90"
            />
            Forgot your password?
          </summary>
          <div className="pt-3">
            <TextField
              name="newPassword"
              label="New password"
              type="password"
              autoComplete="new-password"
              help={`${passwordRule} Every other browser is signed out. Leave it empty to keep yours.`}
              error={errors.newPassword}
            />
          </div>
        </details>
      )}
      <SubmitButton size="large" pendingText={link.isNew ? "Creating the account" : "Signing in"}>
        {link.isNew ? "Create account" : "Sign in"}
      </SubmitButton>
    </form>
  );
}
