"use client";

import type { ReactNode } from "react";
import { useCopy } from "./use-copy.ts";

export interface CopyCodeProps {
  value: string;
  /** What is copied, for the button's name. */
  what: string;
  className: string;
  icon: ReactNode;
  copiedIcon: ReactNode;
}

/** CopyButton for public pages: its look comes from the server, so that a page loads next to no script for it. */
export function CopyCode({ value, what, className, icon, copiedIcon }: CopyCodeProps) {
  const { copied, text, said, copy } = useCopy(value);
  return (
    <>
      <button type="button" aria-label={`Copy ${what}`} onClick={copy} className={className}>
        {copied ? copiedIcon : icon}
        {text}
      </button>
      <span role="status" className="sr-only">
        {said}
      </span>
    </>
  );
}
