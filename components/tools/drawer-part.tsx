import type { ReactNode } from "react";
import { cn } from "#components/ui/cn.ts";

/** A titled part of the drawer. */
export function Part({
  title,
  aside,
  mono = false,
  children,
}: {
  title: string;
  aside?: ReactNode;
  /** The title is a tool's name. */
  mono?: boolean;
  children: ReactNode;
}) {
  return (
    <section aria-label={title} className="grid min-w-0 gap-2">
      <div className="flex items-center justify-between gap-3">
        <h3 className={cn("min-w-0 text-sm", mono ? "break-all font-mono" : "font-semibold")}>
          {title}
        </h3>
        {aside}
      </div>
      {children}
    </section>
  );
}
