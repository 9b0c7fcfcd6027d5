import { cn } from "./cn.ts";

export type StatusTone = "positive" | "caution" | "danger" | "info" | "accent" | "muted";

export interface StatusDotProps {
  tone: StatusTone;
  /** The word beside the dot; colour alone never carries a meaning. */
  label: string;
  className?: string | undefined;
}

export function StatusDot({ tone, label, className }: StatusDotProps) {
  return (
    <span
      className={cn(
        "inline-flex items-center gap-1.5 whitespace-nowrap align-middle text-sm",
        className,
      )}
    >
      <span aria-hidden="true" className={cn("size-2 shrink-0 rounded-full", dotTones[tone])} />
      {label}
    </span>
  );
}

export const dotTones: Record<StatusTone, string> = {
  positive: "bg-positive",
  caution: "bg-caution",
  danger: "bg-danger",
  info: "bg-info",
  accent: "bg-accent",
  muted: "bg-muted",
};
