"use client";

import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import type { ReactElement, ReactNode, RefObject } from "react";
import { Button } from "./button.tsx";
import { cn } from "./cn.ts";

export interface DialogProps {
  title: ReactNode;
  description?: ReactNode;
  /** The button that opens it; without one, control it with open. */
  trigger?: ReactElement | undefined;
  open?: boolean | undefined;
  onOpenChange?: ((open: boolean) => void) | undefined;
  /** Buttons, the confirming one last. DialogClose closes. */
  footer?: ReactNode;
  size?: "small" | "medium" | "large";
  role?: "dialog" | "alertdialog";
  /** Where focus goes afterwards, when what opened it is gone by then. */
  finalFocus?: RefObject<HTMLElement | null> | undefined;
  children?: ReactNode;
}

/** A question or a short form above the page; Esc and a click outside close it. */
export function Dialog(props: DialogProps) {
  const { title, description, trigger, open, onOpenChange, footer, children } = props;
  const { size = "medium", role = "dialog", finalFocus } = props;
  return (
    <Base.Root
      {...(open !== undefined && { open })}
      onOpenChange={(next) => onOpenChange?.(next)}
      disablePointerDismissal={role === "alertdialog"}
    >
      {trigger && <Base.Trigger render={trigger} />}
      <Base.Portal>
        <Base.Backdrop className={backdropStyles} />
        <Base.Viewport className="fixed inset-0 z-50 grid place-items-center overflow-y-auto p-3">
          <Base.Popup
            role={role}
            finalFocus={finalFocus}
            className={cn(
              "relative grid w-full gap-4 rounded border bg-raised p-5 shadow outline-none transition-[opacity,scale] data-ending-style:scale-98 data-starting-style:scale-98 data-ending-style:opacity-0 data-starting-style:opacity-0",
              dialogWidths[size],
            )}
          >
            <div className="grid gap-1.5 pr-8">
              <Base.Title className="font-semibold text-lg">{title}</Base.Title>
              {description !== undefined && (
                <Base.Description className="text-base text-muted">{description}</Base.Description>
              )}
            </div>
            {children}
            {footer !== undefined && (
              <div className="flex flex-wrap justify-end gap-2 max-sm:[&>*]:flex-1">{footer}</div>
            )}
            <CloseButton className="absolute top-3.5 right-3.5 pointer-coarse:top-1.5 pointer-coarse:right-1.5" />
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  );
}

/** Last in the document, so that focus starts on what the dialog is for. */
export function CloseButton({ className }: { className?: string }) {
  return (
    <Base.Close
      render={
        <Button
          aria-label="Close"
          variant="ghost"
          size="iconSmall"
          icon={<X aria-hidden="true" className="size-4" />}
          className={className}
        />
      }
    />
  );
}

/** Wraps a button so that it closes the dialog or drawer around it. */
export function DialogClose({ children }: { children: ReactElement }) {
  return <Base.Close render={children} />;
}

export const backdropStyles =
  "fixed inset-0 z-50 bg-backdrop transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0";

const dialogWidths = { small: "max-w-96", medium: "max-w-lg", large: "max-w-3xl" };
