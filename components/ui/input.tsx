import { ChevronDown } from "lucide-react";
import type { ComponentProps } from "react";
import { cn } from "./cn.ts";

const controlStyles =
  "w-full min-w-0 rounded border border-edge bg-raised px-2.5 text-base transition-colors placeholder:text-muted hover:border-muted focus-visible:border-accent focus-visible:outline-offset-0 disabled:bg-sunken disabled:text-muted aria-invalid:border-danger pointer-coarse:min-h-11 pointer-coarse:text-lg";

export type InputProps = ComponentProps<"input"> & { mono?: boolean | undefined };

export function Input({ mono = false, className, ...props }: InputProps) {
  return <input className={cn(controlStyles, "h-8", mono && "font-mono", className)} {...props} />;
}

export type TextareaProps = ComponentProps<"textarea"> & { mono?: boolean | undefined };

export function Textarea({ mono = false, rows = 4, className, ...props }: TextareaProps) {
  return (
    <textarea
      rows={rows}
      className={cn(controlStyles, "py-1.5", mono && "font-mono text-sm", className)}
      {...props}
    />
  );
}

export interface SelectOption {
  value: string;
  label: string;
  disabled?: boolean;
}

export type SelectProps = Omit<ComponentProps<"select">, "children"> & {
  options: readonly SelectOption[];
};

/** The browser's own select: works without JavaScript and is the best one on a phone. */
export function Select({ options, className, ...props }: SelectProps) {
  return (
    <span className={cn("relative inline-flex w-full", className)}>
      <select className={cn(controlStyles, "h-8 appearance-none truncate pr-8")} {...props}>
        {options.map((option) => (
          <option
            key={option.value}
            value={option.value}
            disabled={option.disabled}
            className="bg-raised text-text"
          >
            {option.label}
          </option>
        ))}
      </select>
      <ChevronDown
        aria-hidden="true"
        className="-translate-y-1/2 pointer-events-none absolute top-1/2 right-2.5 size-4 text-muted"
      />
    </span>
  );
}
