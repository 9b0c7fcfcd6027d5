"use client";

import { useRef } from "react";
import { useFormStatus } from "react-dom";
import { Button, type ButtonProps } from "./button.tsx";
import { useLateTyping } from "./use-late-typing.ts";

/** Submits the form around it and shows that it is being sent; what is typed meanwhile stays. */
export function SubmitButton({ variant = "primary", pending, ...props }: ButtonProps) {
  const form = useFormStatus();
  const button = useRef<HTMLButtonElement>(null);
  useLateTyping(button);
  return (
    <Button
      ref={button}
      type="submit"
      variant={variant}
      pending={pending === true || form.pending}
      {...props}
    />
  );
}
