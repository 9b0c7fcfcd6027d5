"use client";

import { Popover as Base } from "@base-ui/react/popover";
import type { ReactElement, ReactNode } from "react";
import { cn } from "./cn.ts";
import { popupStyles } from "./menu.tsx";

export interface PopoverProps {
  /** Names the popover for screen readers. */
  label: string;
  trigger: ReactElement;
  align?: "start" | "center" | "end";
  side?: "top" | "right" | "bottom" | "left";
  children: ReactNode;
  className?: string;
}

/** A small form or an explanation beside what opened it. */
export function Popover(props: PopoverProps) {
  const { label, trigger, align = "start", side = "bottom", children, className } = props;
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner align={align} side={side} sideOffset={4} className="z-60">
          <Base.Popup
            aria-label={label}
            className={cn(
              popupStyles,
              "max-w-[min(24rem,calc(100vw-1.5rem))] p-3 text-sm",
              className,
            )}
          >
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
