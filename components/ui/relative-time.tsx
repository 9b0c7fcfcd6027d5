"use client";

import { useEffect, useState } from "react";

export interface RelativeTimeProps {
  /** An ISO 8601 time, or milliseconds since 1970. */
  at: string | number;
  className?: string;
}

/** "3 minutes ago", with the exact time on hover and in the DOM; follows the clock. */
export function RelativeTime({ at, className }: RelativeTimeProps) {
  const atMs = new Date(at).getTime();
  const [nowMs, setNowMs] = useState(() => Date.now());

  useEffect(() => {
    setNowMs(Date.now());
    const everyMs = Math.abs(Date.now() - atMs) < 3_600_000 ? 10_000 : 60_000;
    const timer = setInterval(() => setNowMs(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [atMs]);

  const iso = new Date(atMs).toISOString();
  return (
    <time
      dateTime={iso}
      title={iso.replace("T", " ").replace(/\.\d+Z$/, " UTC")}
      suppressHydrationWarning
      className={className}
    >
      {relativeText(atMs, nowMs)}
    </time>
  );
}

const format = new Intl.RelativeTimeFormat("en", { numeric: "always", style: "long" });

/** Each with its seconds and from when it is used: 90 days are not "2 months". */
const units = [
  ["year", 31_536_000, 31_536_000],
  ["month", 2_592_000, 8_640_000],
  ["day", 86_400, 86_400],
  ["hour", 3_600, 3_600],
  ["minute", 60, 60],
  ["second", 1, 1],
] as const;

function relativeText(atMs: number, nowMs: number): string {
  const seconds = Math.round((atMs - nowMs) / 1000);
  if (Math.abs(seconds) < 5) return "now";
  const [unit, size] = units.find(([, , from]) => Math.abs(seconds) >= from) ?? ["second", 1];
  const count = seconds / size;
  return format.format(count > 0 ? Math.round(count) : Math.trunc(count), unit);
}
