"use client";

import { Dialog as Base } from "@base-ui/react/dialog";
import type { ReactElement, ReactNode, RefObject } from "react";
import { cn } from "./cn.ts";
import { backdropStyles, CloseButton } from "./dialog.tsx";

export interface DrawerProps {
  title: ReactNode;
  description?: ReactNode;
  trigger?: ReactElement | undefined;
  open?: boolean | undefined;
  onOpenChange?: ((open: boolean) => void) | undefined;
  /** Right for details of a row, left for navigation. */
  side?: "right" | "left";
  /** Where focus goes when it opens; the first control otherwise. */
  initialFocus?: RefObject<HTMLElement | null>;
  /** Stays visible at the bottom while the rest scrolls. */
  footer?: ReactNode;
  children: ReactNode;
  className?: string;
}

/** Details beside the page that was left open; the full width on a phone. */
export function Drawer(props: DrawerProps) {
  const { title, description, trigger, open, onOpenChange, side = "right", footer } = props;
  return (
    <Base.Root {...(open !== undefined && { open })} onOpenChange={(next) => onOpenChange?.(next)}>
      {trigger && <Base.Trigger render={trigger} />}
      <Base.Portal>
        <Base.Backdrop className={backdropStyles} />
        <Base.Popup
          {...(props.initialFocus && { initialFocus: props.initialFocus })}
          className={cn(
            "fixed inset-y-0 z-50 flex w-full flex-col bg-raised shadow outline-none transition-[opacity,translate] duration-180 data-ending-style:opacity-0 data-starting-style:opacity-0",
            side === "right"
              ? "right-0 max-w-2xl data-ending-style:translate-x-8 data-starting-style:translate-x-8 sm:border-l"
              : "left-0 max-w-72 border-r data-ending-style:-translate-x-8 data-starting-style:-translate-x-8",
            props.className,
          )}
        >
          <div className="flex min-h-13 items-center border-b py-3 pr-14 pl-4 sm:pl-5">
            <div className="grid min-w-0 gap-0.5">
              <Base.Title className="min-w-0 break-words font-semibold text-lg">{title}</Base.Title>
              {description !== undefined && (
                <Base.Description className="text-muted text-sm">{description}</Base.Description>
              )}
            </div>
          </div>
          <div className="min-h-0 flex-1 overflow-y-auto overscroll-contain px-4 py-4 sm:px-5">
            {props.children}
          </div>
          {footer !== undefined && (
            <div className="flex flex-wrap justify-end gap-2 border-t px-4 py-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] sm:px-5">
              {footer}
            </div>
          )}
          <CloseButton className="absolute top-3 right-3 sm:right-4 pointer-coarse:top-1 pointer-coarse:right-1.5" />
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
