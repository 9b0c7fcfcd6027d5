"use client";

import { useState } from "react";
import { type Action, runAction } from "#components/run-action.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogClose } from "#components/ui/dialog.tsx";
import { SelectField } from "#components/ui/field.tsx";
import { FormSummary } from "#components/ui/form-summary.tsx";
import type { AgentRow } from "#lib/agents/agents.ts";
import { expiryDays, expiryOptions, type IssuedToken } from "./agent-types.ts";
import { IssuedTokenDialog } from "./issued-token-dialog.tsx";

export interface RotateDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  agent: Pick<AgentRow, "name" | "token">;
  base: string;
  rotateAgent: Action<IssuedToken>;
}

/** A new token instead of the old one, which stops at once. */
export function RotateDialog({ open, onOpenChange, agent, base, rotateAgent }: RotateDialogProps) {
  const [expiry, setExpiry] = useState("90");
  const [failure, setFailure] = useState<string>();
  const [pending, setPending] = useState(false);
  const [issued, setIssued] = useState<IssuedToken | null>(null);

  async function rotate() {
    setPending(true);
    setFailure(undefined);
    const rotated = await runAction(rotateAgent, {
      agent: agent.name,
      expiresInDays: expiryDays(expiry),
    });
    setPending(false);
    if (!rotated.ok) return setFailure(rotated.error.message);
    setIssued(rotated.data);
    onOpenChange(false);
  }

  return (
    <>
      <Dialog
        title={`Rotate the token of ${agent.name}?`}
        description={
          agent.token
            ? `The token that ends in ${agent.token.last4} is refused from now on, in every place it is used.`
            : "It has no valid token now."
        }
        open={open}
        onOpenChange={onOpenChange}
        footer={
          <>
            <DialogClose>
              <Button>Cancel</Button>
            </DialogClose>
            <Button
              variant="primary"
              pending={pending}
              pendingText="Rotating"
              onClick={() => void rotate()}
            >
              Rotate token
            </Button>
          </>
        }
      >
        <FormSummary message={failure} />
        <SelectField
          name="rotate-expiry"
          label="The new token expires in"
          options={expiryOptions}
          value={expiry}
          onChange={(event) => setExpiry(event.target.value)}
        />
      </Dialog>
      <IssuedTokenDialog
        title={`New token of ${agent.name}`}
        issued={issued}
        base={base}
        onClose={() => setIssued(null)}
      />
    </>
  );
}
