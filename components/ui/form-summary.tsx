import { CircleAlert } from "lucide-react";
import { cn } from "./cn.ts";

export interface FormSummaryProps {
  /** What happened, why and what to do, when it concerns the whole form. */
  message?: string | undefined;
  /** Messages by field name, as an AppError carries them; each links to its field. */
  fields?: Record<string, readonly string[]> | undefined;
  className?: string | undefined;
}

/** The errors of a form in one place, above its fields; renders nothing while there are none. */
export function FormSummary({ message, fields = {}, className }: FormSummaryProps) {
  const entries = Object.entries(fields).flatMap(([name, messages]) =>
    messages.map((text) => ({ name, text })),
  );
  if (message === undefined && entries.length === 0) return null;
  return (
    <div
      role="alert"
      className={cn("flex gap-2.5 rounded border border-danger/40 bg-danger/6 p-3", className)}
    >
      <CircleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-danger" />
      <div className="grid min-w-0 content-start gap-1 text-sm">
        <p className="font-medium">
          {message ??
            (entries.length === 1
              ? "One field needs a change."
              : `${entries.length} fields need a change.`)}
        </p>
        {entries.length > 0 && (
          <ul className="grid gap-0.5">
            {entries.map(({ name, text }) => (
              <li key={`${name} ${text}`}>
                <a href={`#${name}`} className="text-danger underline underline-offset-2">
                  {text}
                </a>
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}
