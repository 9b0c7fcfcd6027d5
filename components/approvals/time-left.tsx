"use client";

import { useEffect, useState } from "react";
import { cn } from "#components/ui/cn.ts";

export interface TimeLeftProps {
  /** ISO 8601. */
  until: string;
  className?: string | undefined;
}

/** How long a request still waits, to the second in its last two minutes. */
export function TimeLeft({ until, className }: TimeLeftProps) {
  const untilMs = Date.parse(until);
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.ceil((untilMs - nowMs) / 1000));
  return (
    <time
      dateTime={until}
      title={until.replace("T", " ").replace(/\.\d+Z$/, " UTC")}
      suppressHydrationWarning
      className={cn(seconds < 120 && "text-caution", className)}
    >
      {leftText(seconds)}
    </time>
  );
}

function leftText(seconds: number): string {
  if (seconds === 0) return "expired";
  if (seconds < 120) return `${seconds} s left`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min left`;
  return `${Math.floor(seconds / 3600)} h left`;
}
