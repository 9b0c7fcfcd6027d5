import { cn } from "./cn.ts";

export interface SparklineProps {
  /** Calls per step, oldest first. */
  values: readonly number[];
  /** Refusals per step, drawn in the colour of danger; same length as values. */
  refused?: readonly number[];
  /** Says the same in words: "212 calls, 9 refused in 24 hours". */
  label: string;
  className?: string;
}

const barWidth = 3;
const gap = 1;
const height = 20;

/** A day in bars, small enough for a table row. */
export function Sparkline({ values, refused = [], label, className }: SparklineProps) {
  const highest = Math.max(1, ...values);
  const width = Math.max(1, values.length * (barWidth + gap) - gap);
  const heightOf = (value: number) =>
    value === 0 ? 0 : Math.max(1.5, (value / highest) * (height - 1));
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      className={cn("inline-block shrink-0 align-middle", className)}
    >
      {values.map((value, index) => {
        const x = index * (barWidth + gap);
        const all = heightOf(value);
        const denied = heightOf(Math.min(value, refused[index] ?? 0));
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place in time
          <g key={index}>
            <rect x={x} y={height - 1} width={barWidth} height={1} className="fill-border" />
            <rect x={x} y={height - all} width={barWidth} height={all} className="fill-muted/60" />
            <rect
              x={x}
              y={height - denied}
              width={barWidth}
              height={denied}
              className="fill-danger"
            />
          </g>
        );
      })}
    </svg>
  );
}

export interface UsageBarProps {
  used: number;
  max: number;
  /** "8 of 10 calls in 1 minute". */
  label: string;
  className?: string;
}

/** How much of a limit is used, as a thin bar; caution from 80 %, danger when it is full. */
export function UsageBar({ used, max, label, className }: UsageBarProps) {
  const share = max > 0 ? Math.min(1, used / max) : 1;
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox="0 0 100 4"
      preserveAspectRatio="none"
      className={cn("inline-block h-1 w-16 overflow-hidden rounded-full align-middle", className)}
    >
      <rect width="100" height="4" className="fill-border" />
      <rect
        width={share * 100}
        height="4"
        className={share >= 1 ? "fill-danger" : share >= 0.8 ? "fill-caution" : "fill-muted"}
      />
    </svg>
  );
}
