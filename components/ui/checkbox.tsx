import { Check, Minus } from "lucide-react";
import type { ComponentProps, ReactNode } from "react";
import { cn } from "./cn.ts";

export type CheckboxProps = Omit<ComponentProps<"input">, "type">;

/** A bare box, for table rows; it needs an aria-label. With a visible label use CheckboxField. */
export function Checkbox({ className, ...props }: CheckboxProps) {
  return (
    <span
      className={cn(
        "relative inline-grid size-4 shrink-0 place-items-center align-middle",
        className,
      )}
    >
      <input
        type="checkbox"
        className="peer size-4 appearance-none rounded-[4px] border border-edge bg-raised transition-colors checked:border-accent-solid checked:bg-accent-solid indeterminate:border-accent-solid indeterminate:bg-accent-solid hover:border-muted disabled:opacity-55 aria-invalid:border-danger pointer-coarse:after:absolute pointer-coarse:after:-inset-3.5"
        {...props}
      />
      <Check
        aria-hidden="true"
        strokeWidth={3}
        className="pointer-events-none invisible absolute size-3 text-on-solid peer-checked:visible peer-indeterminate:invisible"
      />
      <Minus
        aria-hidden="true"
        strokeWidth={3}
        className="pointer-events-none invisible absolute size-3 text-on-solid peer-indeterminate:visible"
      />
    </span>
  );
}

export type CheckboxFieldProps = CheckboxProps & { label: ReactNode; help?: ReactNode };

export function CheckboxField({ label, help, className, ...props }: CheckboxFieldProps) {
  return (
    <ChoiceLabel label={label} help={help} className={className}>
      <Checkbox className="my-0.5" {...props} />
    </ChoiceLabel>
  );
}

/** An immediate on or off: it takes effect at once, where a checkbox waits for the form. */
export function SwitchField({ label, help, className, ...props }: CheckboxFieldProps) {
  return (
    <ChoiceLabel label={label} help={help} className={className}>
      <span className="relative my-0.5 inline-flex shrink-0">
        <input
          type="checkbox"
          // biome-ignore lint/a11y/useAriaPropsForRole: the browser derives it from the checkbox
          role="switch"
          className="peer h-4 w-7 appearance-none rounded-full bg-muted/70 transition-colors checked:bg-accent-solid disabled:opacity-55"
          {...props}
        />
        <span className="pointer-events-none absolute top-0.5 left-0.5 size-3 rounded-full bg-on-solid transition-transform peer-checked:translate-x-3" />
      </span>
    </ChoiceLabel>
  );
}

function ChoiceLabel({
  label,
  help,
  className,
  children,
}: {
  label: ReactNode;
  help: ReactNode;
  className?: string | undefined;
  children: ReactNode;
}) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: its control is among the children
    <label
      className={cn(
        "flex items-start gap-2.5 text-base pointer-coarse:min-h-11 pointer-coarse:py-3",
        className,
      )}
    >
      {children}
      <span className="grid min-w-0 gap-0.5">
        <span>{label}</span>
        {help !== undefined && <span className="max-w-[72ch] text-muted text-sm">{help}</span>}
      </span>
    </label>
  );
}
