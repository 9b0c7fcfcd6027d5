import { cn } from "./cn.ts";

export function Spinner({ className }: { className?: string | undefined }) {
  return (
    <svg
      aria-hidden="true"
      viewBox="0 0 16 16"
      fill="none"
      className={cn("size-4 shrink-0 animate-spin", className)}
    >
      <circle cx="8" cy="8" r="6.25" stroke="currentColor" strokeOpacity="0.25" strokeWidth="1.5" />
      <path d="M14.25 8A6.25 6.25 0 0 0 8 1.75" stroke="currentColor" strokeWidth="1.5" />
    </svg>
  );
}

/** Says what is being waited for; stays invisible for the first 300 ms. */
export function Waiting({ children }: { children: string }) {
  return (
    <p role="status" className="flex animate-late items-center gap-2 text-muted text-sm">
      <Spinner />
      {children}
    </p>
  );
}
