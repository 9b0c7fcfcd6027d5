import type { ReactNode } from "react";
import { cn } from "#components/ui/cn.ts";

export interface PageProps {
  /** Content stays within 1,280 px; tables take the full width. */
  width?: "content" | "form" | "full";
  children: ReactNode;
}

/** The measure of a dashboard page: PageHeader first, then Sections. */
export function Page({ width = "full", children }: PageProps) {
  return (
    <div
      className={cn(
        "grid min-w-0 content-start gap-6 px-4 py-5 sm:px-6 md:px-8 md:py-6 [&>*]:min-w-0",
        { content: "max-w-[1344px]", form: "max-w-3xl", full: "" }[width],
      )}
    >
      {children}
    </div>
  );
}
