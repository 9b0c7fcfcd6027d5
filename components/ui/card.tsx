import type { ComponentProps, ReactNode } from "react";
import { cn } from "./cn.ts";

/** A raised surface with the one border and the one radius. */
export function Card({ className, ...props }: ComponentProps<"div">) {
  return (
    <div className={cn("min-w-0 rounded border border-border bg-raised", className)} {...props} />
  );
}

export interface SectionProps {
  title: ReactNode;
  description?: ReactNode;
  /** Shown at the right of the title. */
  actions?: ReactNode;
  /** The anchor of the section, also the id of its heading's region. */
  id?: string | undefined;
  children: ReactNode;
  className?: string | undefined;
}

/** A titled part of a page; put Cards, tables or forms into it. */
export function Section({ title, description, actions, id, children, className }: SectionProps) {
  return (
    <section id={id} className={cn("grid min-w-0 content-start gap-3", className)}>
      <div className="flex flex-wrap items-end justify-between gap-x-4 gap-y-2 max-sm:items-center">
        <div className="grid min-w-0 gap-0.5">
          <h2 className="font-semibold text-lg">{title}</h2>
          {description !== undefined && (
            <p className="max-w-[72ch] text-muted text-sm">{description}</p>
          )}
        </div>
        {actions !== undefined && <div className="flex items-center gap-2">{actions}</div>}
      </div>
      {children}
    </section>
  );
}

export interface FactsProps {
  items: readonly { term: string; value: ReactNode }[];
  /** For values of several lines: they stand below their terms on a phone. */
  stackOnPhone?: boolean;
}

/** Terms and their values in two columns. */
export function Facts({ items, stackOnPhone = false }: FactsProps) {
  return (
    <dl
      className={cn(
        "grid items-baseline gap-x-4 gap-y-2 text-sm sm:grid-cols-[minmax(7rem,auto)_1fr] sm:gap-x-6",
        !stackOnPhone && "max-sm:grid-cols-[minmax(5rem,auto)_1fr]",
      )}
    >
      {items.map(({ term, value }) => (
        <div key={term} className={stackOnPhone ? "grid gap-0.5 sm:contents" : "contents"}>
          <dt className="text-muted">{term}</dt>
          <dd className="min-w-0 break-words">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
