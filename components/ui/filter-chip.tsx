import { X } from "lucide-react";
import { cn } from "./cn.ts";
import { Link } from "./link.tsx";

export interface FilterChipProps {
  /** "Decision". */
  label: string;
  /** "denied". */
  value: string;
  /** The address without this filter. */
  removeHref: string;
  className?: string;
}

/** A filter that is in the URL; following it takes the filter out. */
export function FilterChip({ label, value, removeHref, className }: FilterChipProps) {
  return (
    <Link
      href={removeHref}
      scroll={false}
      className={cn(
        "group inline-flex h-7 max-w-full items-center gap-1.5 rounded border border-edge bg-raised pr-1.5 pl-2 text-sm transition-colors hover:bg-hover pointer-coarse:h-11",
        className,
      )}
    >
      <span className="sr-only">Remove filter</span>
      <span className="text-muted">{label}</span>
      <span className="min-w-0 truncate font-medium">{value}</span>
      <X aria-hidden="true" className="size-3.5 shrink-0 text-muted group-hover:text-text" />
    </Link>
  );
}
