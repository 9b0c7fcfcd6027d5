"use client";

import { Check, Copy } from "lucide-react";
import { Button, type ButtonLook } from "./button.tsx";
import { cn } from "./cn.ts";
import { useCopy } from "./use-copy.ts";

export interface CopyButtonProps {
  value: string;
  /** What is copied, for the button's name: "Copy proxy URL". */
  what: string;
  /** Shows only the icon. */
  iconOnly?: boolean;
  variant?: ButtonLook["variant"];
  size?: "small" | "medium";
  className?: string;
}

export function CopyButton(props: CopyButtonProps) {
  const { value, what, iconOnly = false, variant = "secondary", size = "small" } = props;
  const { copied, text, said, copy } = useCopy(value);
  return (
    <>
      <Button
        variant={iconOnly ? "ghost" : variant}
        size={iconOnly ? "iconSmall" : size}
        aria-label={`Copy ${what}`}
        title={iconOnly ? `Copy ${what}` : undefined}
        onClick={copy}
        className={cn(!iconOnly && "min-w-19", props.className)}
        icon={
          copied ? (
            <Check aria-hidden="true" className="size-3.5 text-positive" />
          ) : (
            <Copy aria-hidden="true" className="size-3.5" />
          )
        }
      >
        {!iconOnly && text}
      </Button>
      <span role="status" className="sr-only">
        {said}
      </span>
    </>
  );
}

export interface CopyFieldProps {
  value: string;
  what: string;
  className?: string;
}

/** A value people take elsewhere: one click copies it, focus selects it. */
export function CopyField({ value, what, className }: CopyFieldProps) {
  return (
    <div
      className={cn(
        "flex min-w-0 items-center gap-1 rounded border border-border bg-sunken py-0.5 pr-0.5 pl-2.5",
        className,
      )}
    >
      <input
        readOnly
        aria-label={what}
        value={value}
        onFocus={(event) => event.currentTarget.select()}
        className="h-7 min-w-0 flex-1 text-ellipsis rounded-[4px] bg-transparent font-mono text-sm pointer-coarse:h-11"
      />
      <CopyButton value={value} what={what} variant="ghost" />
    </div>
  );
}
