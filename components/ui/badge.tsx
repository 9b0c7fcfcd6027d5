import { cva } from "class-variance-authority";
import type { ReactNode } from "react";
import { cn } from "./cn.ts";

export type BadgeTone = "neutral" | "accent" | "positive" | "caution" | "danger" | "info";

const badgeStyles = cva(
  "inline-flex h-5 items-center gap-1 align-middle whitespace-nowrap rounded px-1.5 font-medium text-xs",
  {
    variants: {
      tone: {
        neutral: "bg-hover text-muted",
        accent: "bg-accent/10 text-accent",
        positive: "bg-positive/10 text-positive",
        caution: "bg-caution/10 text-caution",
        danger: "bg-danger/10 text-danger",
        info: "bg-info/10 text-info",
      },
    },
  },
);

export interface BadgeProps {
  tone?: BadgeTone;
  icon?: ReactNode;
  children: ReactNode;
  className?: string | undefined;
}

/** A short state in words; decisions have their own DecisionBadge. */
export function Badge({ tone = "neutral", icon, children, className }: BadgeProps) {
  return (
    <span className={cn(badgeStyles({ tone }), className)}>
      {icon}
      {children}
    </span>
  );
}
