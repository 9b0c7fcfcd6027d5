"use client";

import { type ReactElement, type ReactNode, useId, useState, useTransition } from "react";
import { Button } from "./button.tsx";
import { Dialog, DialogClose } from "./dialog.tsx";
import { FormSummary } from "./form-summary.tsx";
import { Input } from "./input.tsx";

export interface ConfirmDialogProps {
  /** The question: "Revoke the token of ci-runner?" */
  title: string;
  /** What happens, in numbers: "3 agents lose access now." */
  consequence: ReactNode;
  /** A verb and its object: "Revoke token". */
  confirmLabel: string;
  tone?: "danger" | "primary";
  /** Only where data is lost: the name that has to be typed. */
  typeName?: string | undefined;
  /** A returned text is shown as the reason it failed; otherwise the dialog closes. */
  // biome-ignore lint/suspicious/noConfusingVoidType: most actions return nothing
  onConfirm: () => Promise<string | void>;
  /** A choice that goes with the answer. */
  children?: ReactNode;
  trigger?: ReactElement;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
}

/** Asks before something that cannot be undone. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { title, consequence, confirmLabel, tone = "danger", typeName, onConfirm } = props;
  const [ownOpen, setOwnOpen] = useState(false);
  const [typed, setTyped] = useState("");
  const [failure, setFailure] = useState<string>();
  const [pending, startTransition] = useTransition();
  const inputId = useId();

  function changeOpen(next: boolean) {
    setTyped("");
    setFailure(undefined);
    setOwnOpen(next);
    props.onOpenChange?.(next);
  }

  const ready = typeName === undefined || typed === typeName;

  function confirm() {
    if (!ready || pending) return;
    startTransition(async () => {
      const reason = await onConfirm();
      if (reason === undefined) changeOpen(false);
      else setFailure(reason);
    });
  }

  return (
    <Dialog
      role="alertdialog"
      size="medium"
      title={title}
      description={consequence}
      trigger={props.trigger}
      open={props.open ?? ownOpen}
      onOpenChange={changeOpen}
      footer={
        <>
          <DialogClose>
            <Button>Cancel</Button>
          </DialogClose>
          <Button variant={tone} pending={pending} disabled={!ready} onClick={confirm}>
            {confirmLabel}
          </Button>
        </>
      }
    >
      <FormSummary message={failure} />
      {props.children}
      {typeName !== undefined && (
        <div className="grid gap-1.5">
          <label htmlFor={inputId} className="text-sm">
            Type <span className="font-medium font-mono">{typeName}</span> to confirm
          </label>
          <Input
            id={inputId}
            mono
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === "Enter") confirm();
            }}
            autoComplete="off"
            spellCheck={false}
          />
        </div>
      )}
    </Dialog>
  );
}
