"use client";

import { useFormStatus } from "react-dom";
import { Button, type ButtonProps } from "./button.tsx";

/** Submits the form around it and shows that the form is being sent. */
export function SubmitButton({ variant = "primary", pending, ...props }: ButtonProps) {
  const form = useFormStatus();
  return (
    <Button type="submit" variant={variant} pending={pending === true || form.pending} {...props} />
  );
}
