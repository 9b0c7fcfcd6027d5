"use client";

import { useRouter } from "next/navigation";
import { useState, useTransition } from "react";
import { fieldMessages } from "#components/forms/field-messages.ts";
import { FormError } from "#components/forms/form-error.tsx";
import { type Action, runAction } from "#components/run-action.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogClose } from "#components/ui/dialog.tsx";
import { TextField } from "#components/ui/field.tsx";
import type { ActionError } from "#lib/errors.ts";
import type { ChannelRow } from "#lib/notifications/channels.ts";
import { EventFields } from "./event-fields.tsx";

export interface EditChannelProps {
  channel: ChannelRow;
  update: Action<ChannelRow>;
  onClose: () => void;
}

/** Its name and what it is told of. For another address, add another channel. */
export function EditChannel({ channel, update, onClose }: EditChannelProps) {
  const router = useRouter();
  const [events, setEvents] = useState(channel.events);
  const [problem, setProblem] = useState<ActionError | null>(null);
  const [pending, startTransition] = useTransition();
  const errors = fieldMessages(problem);

  function send(data: FormData) {
    const input = { id: channel.id, name: String(data.get("name") ?? ""), events };
    startTransition(async () => {
      const result = await runAction(update, input);
      if (!result.ok) return setProblem(result.error);
      onClose();
      router.refresh();
    });
  }

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Edit ${channel.name}`}
      footer={
        <>
          <DialogClose>
            <Button>Cancel</Button>
          </DialogClose>
          <Button
            variant="primary"
            type="submit"
            form="edit-channel"
            pending={pending}
            pendingText="Saving"
          >
            Save
          </Button>
        </>
      }
    >
      <form
        id="edit-channel"
        noValidate
        className="grid gap-4"
        // Not an action: React would empty the fields, also when the channel is refused.
        onSubmit={(event) => {
          event.preventDefault();
          if (!pending) send(new FormData(event.currentTarget));
        }}
      >
        <FormError error={problem} />
        <TextField
          name="name"
          label="Name"
          defaultValue={channel.name}
          maxLength={60}
          autoComplete="off"
          error={errors.name}
        />
        <EventFields chosen={events} onChange={setEvents} error={errors.events} />
      </form>
    </Dialog>
  );
}
