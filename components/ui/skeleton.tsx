import { cn } from "./cn.ts";

/** Reserves the room of something that loads. */
export function Skeleton({ className }: { className?: string }) {
  return (
    <span
      aria-hidden="true"
      className={cn("block h-3 w-full animate-pulse rounded bg-hover", className)}
    />
  );
}

const widths = ["w-2/5", "w-3/5", "w-1/3", "w-1/2"];

/** The rows of a table that loads, in the height of real ones. */
export function SkeletonRows({ rows = 8, label }: { rows?: number; label: string }) {
  return (
    <div role="status">
      <span className="sr-only">{label}</span>
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are identical and never reorder
        <div key={row} className="flex h-9 items-center gap-6 border-b px-2 max-sm:h-14">
          <Skeleton className={cn("max-w-64", widths[row % widths.length])} />
          <Skeleton className="ml-auto w-16" />
          <Skeleton className="w-12 max-sm:hidden" />
          <Skeleton className="w-20 max-sm:hidden" />
        </div>
      ))}
    </div>
  );
}
