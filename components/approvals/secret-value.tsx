"use client";

import { Eye, EyeOff } from "lucide-react";
import { type ReactNode, useState } from "react";

export interface SecretValueProps {
  name: string;
  characters: number;
  children: ReactNode;
}

/** A value that looks like a secret: covered until somebody wants to see it. */
export function SecretValue({ name, characters, children }: SecretValueProps) {
  const [shown, setShown] = useState(false);
  const Icon = shown ? EyeOff : Eye;
  return (
    <span className="inline-flex flex-wrap items-baseline gap-x-2">
      {shown ? (
        children
      ) : (
        <span className="select-none font-mono text-muted text-sm">
          •••••••• <span className="font-sans text-xs">{characters} characters, masked</span>
        </span>
      )}
      <button
        type="button"
        aria-pressed={shown}
        aria-label={`${shown ? "Mask" : "Reveal"} ${name}`}
        onClick={() => setShown(!shown)}
        className="inline-flex items-center gap-1 rounded px-1 font-sans text-accent text-xs hover:underline pointer-coarse:min-h-11 pointer-coarse:px-2"
      >
        <Icon aria-hidden="true" className="size-3.5" />
        {shown ? "Mask" : "Reveal"}
      </button>
    </span>
  );
}
