"use client";

import { useState } from "react";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { FormSummary } from "#components/ui/form-summary.tsx";

export interface ProviderButtonsProps {
  providers: readonly { id: string; name: string }[];
  next: string | undefined;
  /** Where a link by e-mail is asked for, when there is a mail server. */
  linkHref?: string | undefined;
  /** There is no other way above them. */
  alone?: boolean;
}

/** The other ways in, where the operator has set them up; providers need JavaScript. */
export function ProviderButtons({
  providers,
  next,
  linkHref,
  alone = false,
}: ProviderButtonsProps) {
  const [going, setGoing] = useState<string | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  if (providers.length === 0 && linkHref === undefined) return null;

  async function go(id: string, name: string) {
    setGoing(id);
    setFailed(null);
    const address = await providerAddress(id, next ?? "/orgs");
    if (address !== null) window.location.assign(address);
    else {
      setGoing(null);
      setFailed(`${name} could not be reached. Try again, or sign in with your password.`);
    }
  }

  return (
    <div className="grid gap-3">
      {!alone && (
        <div aria-hidden="true" className="flex items-center gap-3 text-muted text-xs">
          <span className="h-px flex-1 bg-border" />
          or
          <span className="h-px flex-1 bg-border" />
        </div>
      )}
      {failed !== null && <FormSummary message={failed} />}
      {linkHref !== undefined && (
        <div className="grid gap-1.5">
          <ButtonLink href={linkHref} size="large">
            E-mail me a link
          </ButtonLink>
          <p className="text-muted text-sm">
            It signs you in, and lets you set another password if you forgot yours.
          </p>
        </div>
      )}
      {providers.map(({ id, name }) => (
        <Button
          key={id}
          size="large"
          pending={going === id}
          pendingText={`Going to ${name}`}
          onClick={() => void go(id, name)}
        >
          Continue with {name}
        </Button>
      ))}
    </div>
  );
}

/** Where the provider asks who this is; next-auth keeps the state of it in cookies. */
async function providerAddress(id: string, callbackUrl: string): Promise<string | null> {
  try {
    const csrf: { csrfToken: string } = await (await fetch("/api/auth/csrf")).json();
    const response = await fetch(`/api/auth/signin/${id}`, {
      method: "POST",
      body: new URLSearchParams({ csrfToken: csrf.csrfToken, callbackUrl, json: "true" }),
    });
    const { url }: { url?: string } = await response.json();
    return response.ok && url ? url : null;
  } catch {
    return null;
  }
}
