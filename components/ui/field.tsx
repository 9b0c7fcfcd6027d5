import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "./cn.ts";
import {
  Input,
  type InputProps,
  Select,
  type SelectProps,
  Textarea,
  type TextareaProps,
} from "./input.tsx";

/** Spread these on the control; they tie it to its label, help and error. */
export interface ControlProps {
  id: string;
  name: string;
  "aria-describedby"?: string;
  "aria-invalid"?: true;
}

export interface FieldProps {
  name: string;
  label: ReactNode;
  /** Defaults to the name, which is also what a form summary links to. */
  id?: string | undefined;
  help?: ReactNode;
  error?: string | readonly string[] | undefined;
  optional?: boolean | undefined;
  className?: string | undefined;
  children: (control: ControlProps) => ReactNode;
}

export function Field({
  name,
  label,
  id = name,
  help,
  error,
  optional = false,
  className,
  children,
}: FieldProps) {
  const errors = typeof error === "string" ? [error] : (error ?? []);
  const hasError = errors.length > 0;
  const hasHelp = help !== undefined && help !== null;
  const describedBy = [hasError && `${id}-error`, hasHelp && `${id}-help`].filter(Boolean);
  return (
    <div className={cn("grid min-w-0 content-start gap-1.5", className)}>
      <label htmlFor={id} className="flex items-baseline gap-1.5 font-medium text-sm">
        {label}
        {optional && <span className="font-normal text-muted text-xs">optional</span>}
      </label>
      {children({
        id,
        name,
        ...(describedBy.length > 0 && { "aria-describedby": describedBy.join(" ") }),
        ...(hasError && { "aria-invalid": true }),
      })}
      {hasError && (
        <p id={`${id}-error`} className="flex items-start gap-1.5 text-danger text-sm">
          <CircleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0" />
          <span>{errors.join(" ")}</span>
        </p>
      )}
      {hasHelp && (
        <p id={`${id}-help`} className="max-w-[72ch] text-muted text-sm">
          {help}
        </p>
      )}
    </div>
  );
}

type FieldOf<Props> = Omit<FieldProps, "children"> & Omit<Props, keyof ControlProps | "className">;

export function TextField(props: FieldOf<InputProps>) {
  const { field, control } = split(props);
  return <Field {...field}>{(wired) => <Input {...control} {...wired} />}</Field>;
}

export function TextareaField(props: FieldOf<TextareaProps>) {
  const { field, control } = split(props);
  return <Field {...field}>{(wired) => <Textarea {...control} {...wired} />}</Field>;
}

export function SelectField(props: FieldOf<SelectProps>) {
  const { field, control } = split(props);
  return <Field {...field}>{(wired) => <Select {...control} {...wired} />}</Field>;
}

function split<Props extends Omit<FieldProps, "children">>(props: Props) {
  const { name, label, id, help, error, optional, className, ...control } = props;
  return { field: { name, label, id, help, error, optional, className }, control };
}
