"use client";

import { Plus } from "lucide-react";
import { useRef, useState } from "react";
import { fieldMessages } from "#components/forms/field-messages.ts";
import { FormError } from "#components/forms/form-error.tsx";
import { type Action, runAction } from "#components/run-action.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogClose } from "#components/ui/dialog.tsx";
import type { ActionError } from "#lib/errors.ts";
import { expiryDays, type IssuedToken, type ServerChoice } from "./agent-types.ts";
import { IssuedTokenDialog } from "./issued-token-dialog.tsx";
import { ServerChecks } from "./server-checks.tsx";
import { AgentNameField, ExpiryField } from "./token-fields.tsx";

export interface CreateAgentDialogProps {
  servers: readonly ServerChoice[];
  base: string;
  createAgent: Action<IssuedToken>;
}

/** Name, servers, expiry; then the token, once. */
export function CreateAgentDialog({ servers, base, createAgent }: CreateAgentDialogProps) {
  const [open, setOpen] = useState(false);
  const [name, setName] = useState("");
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [expiry, setExpiry] = useState("90");
  const [error, setError] = useState<ActionError | null>(null);
  const [pending, setPending] = useState(false);
  const [issued, setIssued] = useState<IssuedToken | null>(null);
  const trigger = useRef<HTMLButtonElement>(null);
  const errors = fieldMessages(error);

  async function create() {
    setPending(true);
    setError(null);
    const created = await runAction(createAgent, {
      name,
      servers: chosen,
      expiresInDays: expiryDays(expiry),
    });
    setPending(false);
    if (!created.ok) return setError(created.error);
    setOpen(false);
    setName("");
    setChosen([]);
    setIssued(created.data);
  }

  return (
    <>
      <Dialog
        title="Create agent"
        description="A named caller with a token of its own. Its calls are recorded under this name."
        open={open}
        onOpenChange={setOpen}
        trigger={
          <Button
            ref={trigger}
            variant="primary"
            icon={<Plus aria-hidden="true" className="size-4" />}
          >
            Create agent
          </Button>
        }
      >
        <form
          noValidate
          className="grid min-w-0 gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            if (!pending) void create();
          }}
        >
          <FormError error={error} />
          <AgentNameField
            autoFocus
            placeholder="ci-runner"
            help="Letters, digits, dots, hyphens and underscores."
            value={name}
            onChange={setName}
            error={errors.name}
          />
          <ServerChecks
            legend="Servers it may use"
            servers={servers}
            chosen={chosen}
            onChange={setChosen}
            error={errors.servers?.join(" ")}
          />
          <ExpiryField value={expiry} onChange={setExpiry} error={errors.expiresInDays} />
          <div className="flex flex-wrap justify-end gap-2 max-sm:[&>*]:flex-1">
            <DialogClose>
              <Button>Cancel</Button>
            </DialogClose>
            <Button type="submit" variant="primary" pending={pending} pendingText="Creating">
              Create agent
            </Button>
          </div>
        </form>
      </Dialog>
      <IssuedTokenDialog
        title={`${issued?.name ?? "The agent"} is created`}
        issued={issued}
        base={base}
        onClose={() => setIssued(null)}
        finalFocus={trigger}
      />
    </>
  );
}
