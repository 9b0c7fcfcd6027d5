import { cn } from "./cn.ts";

export type LiveState = "live" | "polling" | "paused";

/** Whether what is shown follows events, is fetched again now and then, or stands still. */
export function LiveMark({ state, className }: { state: LiveState; className?: string }) {
  return (
    <span
      role="status"
      className={cn("inline-flex items-center gap-1.5 text-muted text-xs", className)}
    >
      <span aria-hidden="true" className="relative inline-grid size-2 place-items-center">
        {state === "live" && (
          <span className="absolute size-2 animate-live rounded-full bg-positive" />
        )}
        <span
          className={cn(
            "size-1.5 rounded-full",
            { live: "bg-positive", polling: "bg-caution", paused: "bg-muted" }[state],
          )}
        />
      </span>
      {{ live: "Live", polling: "Every 5 s", paused: "Paused" }[state]}
    </span>
  );
}
