"use client";

import { KeyRound } from "lucide-react";
import { useState } from "react";
import { CheckboxField } from "./checkbox.tsx";
import { CopyField } from "./copy-button.tsx";

export interface SecretFieldProps {
  /** "Token of ci-runner". */
  label: string;
  value: string;
  /** Where to put it, or how to get a new one. */
  help?: string;
  /** Called when the person says the secret is stored, and when they take it back. */
  onStoredChange: (stored: boolean) => void;
}

/** A secret that is shown this once. Keep the way on closed until onStoredChange says true. */
export function SecretField({ label, value, help, onStoredChange }: SecretFieldProps) {
  const [stored, setStored] = useState(false);
  return (
    <section
      aria-label={label}
      className="grid gap-3 rounded border border-caution/40 bg-caution/6 p-4"
    >
      <div className="flex items-start gap-2.5">
        <KeyRound aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-caution" />
        <div className="grid gap-0.5 text-sm">
          <p className="font-medium">{label}</p>
          <p className="text-muted">
            Shown once. It cannot be read again after this page is closed. {help}
          </p>
        </div>
      </div>
      <CopyField value={value} what={label} className="bg-raised" />
      <CheckboxField
        label="I have stored it"
        checked={stored}
        onChange={(event) => {
          setStored(event.target.checked);
          onStoredChange(event.target.checked);
        }}
      />
    </section>
  );
}
