"use client";

import { Tooltip as Base } from "@base-ui/react/tooltip";
import type { ReactElement, ReactNode } from "react";
import { cn } from "./cn.ts";
import { Kbd } from "./kbd.tsx";

export interface TooltipProps {
  content: ReactNode;
  /** The element that is explained; it must accept a ref and mouse and focus handlers. */
  children: ReactElement;
  side?: "top" | "right" | "bottom" | "left";
  shortcut?: string | undefined;
  className?: string | undefined;
}

export function Tooltip({ content, children, side = "top", shortcut, className }: TooltipProps) {
  return (
    <Base.Root>
      <Base.Trigger delay={400} render={children} />
      <Base.Portal>
        <Base.Positioner side={side} sideOffset={6} className="z-60">
          <Base.Popup
            className={cn(
              "flex max-w-64 origin-(--transform-origin) items-center gap-2 rounded border bg-raised px-2 py-1 text-xs shadow transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0 data-instant:transition-none",
              className,
            )}
          >
            {content}
            {shortcut !== undefined && <Kbd>{shortcut}</Kbd>}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
