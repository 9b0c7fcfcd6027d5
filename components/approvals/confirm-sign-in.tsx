"use client";

import { useRef, useState, useTransition } from "react";
import { ProviderButtons } from "#components/auth/provider-buttons.tsx";
import { runAction } from "#components/run-action.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogClose } from "#components/ui/dialog.tsx";
import { TextField } from "#components/ui/field.tsx";
import type { ActionError, ActionResult } from "#lib/errors.ts";

/** How the person can prove again who they are. */
export interface SignInWays {
  password: boolean;
  providers: readonly { id: string; name: string }[];
}

export interface ConfirmSignInProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  ways: SignInWays;
  /** Where a provider leads back to. */
  returnHref: string;
  confirm: (input: unknown) => Promise<ActionResult<unknown>>;
  onConfirmed: () => void;
}

/** Asks who is there before something Critical is approved. */
export function ConfirmSignIn(props: ConfirmSignInProps) {
  const { open, onOpenChange, ways, returnHref, confirm, onConfirmed } = props;
  const form = useRef<HTMLFormElement>(null);
  const [problem, setProblem] = useState<ActionError | null>(null);
  const [pending, startTransition] = useTransition();

  function send(data: FormData) {
    startTransition(async () => {
      const result = await runAction(confirm, { password: String(data.get("password") ?? "") });
      if (!result.ok) return setProblem(result.error);
      setProblem(null);
      onConfirmed();
    });
  }

  return (
    <Dialog
      size="small"
      open={open}
      onOpenChange={(next) => {
        setProblem(null);
        onOpenChange(next);
      }}
      title="Confirm that it is you"
      description="This tool is Critical, so approving it takes a sign-in of the last 5 minutes."
      footer={
        ways.password && (
          <>
            <DialogClose>
              <Button>Cancel</Button>
            </DialogClose>
            <Button
              variant="primary"
              pending={pending}
              pendingText="Confirming"
              onClick={() => form.current?.requestSubmit()}
            >
              Confirm and approve
            </Button>
          </>
        )
      }
    >
      {ways.password ? (
        <form ref={form} action={send} noValidate className="grid gap-3">
          <TextField
            name="password"
            label="Password"
            type="password"
            autoComplete="current-password"
            autoFocus
            required
            error={problem?.fields.password ?? problem?.message}
          />
        </form>
      ) : (
        <ProviderButtons providers={ways.providers} next={returnHref} alone />
      )}
    </Dialog>
  );
}
