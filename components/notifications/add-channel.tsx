"use client";

import { ChevronDown } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState, useTransition } from "react";
import { fieldMessages } from "#components/forms/field-messages.ts";
import { FormError } from "#components/forms/form-error.tsx";
import { type Action, runAction } from "#components/run-action.ts";
import { Button } from "#components/ui/button.tsx";
import { CodeTabs } from "#components/ui/code-tabs.tsx";
import { Dialog, DialogClose } from "#components/ui/dialog.tsx";
import { TextareaField, TextField } from "#components/ui/field.tsx";
import { Menu, MenuItem } from "#components/ui/menu.tsx";
import { SecretField } from "#components/ui/secret-field.tsx";
import { showToast } from "#components/ui/toast.tsx";
import type { ActionError } from "#lib/errors.ts";
import type { ChannelRow } from "#lib/notifications/channels.ts";
import {
  type ChannelKind,
  channelKinds,
  type NotificationEvent,
} from "#lib/notifications/schema.ts";
import { EventFields } from "./event-fields.tsx";
import { examplePayload, verifySnippet } from "./example-payload.ts";
import { kindWords } from "./words.ts";

export type CreateChannelAction = Action<{ channel: ChannelRow; secret: string | null }>;

export interface AddChannelProps {
  orgSlug: string;
  dashboardUrl: string;
  /** The operator has set up a mail server. */
  canMail: boolean;
  create: CreateChannelAction;
}

/** "Add channel", with a dialog for each kind. */
export function AddChannel(props: AddChannelProps) {
  const [kind, setKind] = useState<ChannelKind | null>(null);
  return (
    <>
      <Menu
        align="end"
        trigger={
          <Button variant="primary">
            Add channel
            <ChevronDown aria-hidden="true" className="size-4" />
          </Button>
        }
      >
        {channelKinds.map((each) => (
          <MenuItem key={each} onSelect={() => setKind(each)}>
            {kindWords[each].label}
          </MenuItem>
        ))}
      </Menu>
      {kind !== null && <AddDialog {...props} kind={kind} onClose={() => setKind(null)} />}
    </>
  );
}

function AddDialog(props: AddChannelProps & { kind: ChannelKind; onClose: () => void }) {
  const { kind, orgSlug, dashboardUrl, canMail, create, onClose } = props;
  const router = useRouter();
  const [events, setEvents] = useState<NotificationEvent[]>(["approval.requested"]);
  const [problem, setProblem] = useState<ActionError | null>(null);
  const [secret, setSecret] = useState<string | null>(null);
  const [stored, setStored] = useState(false);
  const [pending, startTransition] = useTransition();
  const errors = fieldMessages(problem);

  function close() {
    onClose();
    router.refresh();
  }

  function send(data: FormData) {
    const name = String(data.get("name") ?? "");
    const url = String(data.get("url") ?? "");
    const recipients = String(data.get("recipients") ?? "")
      .split(/[\s,;]+/)
      .filter((address) => address !== "");
    const input = { kind, name, events, ...(kind === "email" ? { recipients } : { url }) };
    startTransition(async () => {
      const result = await runAction(create, input);
      if (!result.ok) return setProblem(result.error);
      setProblem(null);
      showToast({ title: `Added ${name}`, description: "Send a test to see that it arrives." });
      if (result.data.secret === null) close();
      else setSecret(result.data.secret);
    });
  }

  if (secret !== null) {
    return (
      <Dialog
        open
        role="alertdialog"
        onOpenChange={(open) => {
          if (!open && stored) close();
        }}
        title="Check what arrives"
        description="Every message is signed with this secret. A receiver that does not check it takes anybody's word."
        size="large"
        footer={
          <Button variant="primary" disabled={!stored} onClick={close}>
            Done
          </Button>
        }
      >
        <SecretField label="Signing secret" value={secret} onStoredChange={setStored} />
        <CodeTabs
          label="For the receiver"
          tabs={[
            { id: "verify", label: "Check the signature", code: verifySnippet },
            {
              id: "payload",
              label: "Example payload",
              code: examplePayload(orgSlug, dashboardUrl),
            },
          ]}
        />
      </Dialog>
    );
  }
  const { noun, help } = kindWords[kind];
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Add ${noun}`}
      description={help}
      footer={
        <>
          <DialogClose>
            <Button>Cancel</Button>
          </DialogClose>
          <Button
            variant="primary"
            type="submit"
            form="add-channel"
            pending={pending}
            pendingText="Adding"
          >
            Add {noun}
          </Button>
        </>
      }
    >
      <form
        id="add-channel"
        noValidate
        className="grid gap-4"
        // Not an action: React would empty the fields, also when the channel is refused.
        onSubmit={(event) => {
          event.preventDefault();
          if (!pending) send(new FormData(event.currentTarget));
        }}
      >
        <FormError error={problem} />
        {kind === "email" && !canMail && (
          <p className="rounded border border-caution/40 bg-caution/6 px-3 py-2 text-sm">
            No mail server is set up yet: the operator sets SMTP_URL and SMTP_FROM. Until then
            deliveries fail.
          </p>
        )}
        <TextField
          name="name"
          label="Name"
          help="For the people of the org."
          placeholder={kind === "slack" ? "#approvals" : "On-call"}
          maxLength={60}
          autoComplete="off"
          error={errors.name}
        />
        {kind === "email" ? (
          <TextareaField
            name="recipients"
            label="Addresses"
            help="One a line, at most 10."
            rows={3}
            error={
              errors.recipients ??
              Object.entries(errors).find(([name]) => name.startsWith("recipients."))?.[1]
            }
          />
        ) : (
          <TextField
            name="url"
            label="URL"
            help="Kept so that only the proxy can read it; later on only its host is shown."
            placeholder={
              kind === "slack" ? "https://hooks.slack.com/services/…" : "https://example.com/hook"
            }
            inputMode="url"
            autoComplete="off"
            mono
            error={errors.url}
          />
        )}
        <EventFields chosen={events} onChange={setEvents} error={errors.events} />
      </form>
    </Dialog>
  );
}
