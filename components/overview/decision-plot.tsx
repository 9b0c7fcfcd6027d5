import { decisionKind } from "#components/calls/decision-kind.ts";
import { decisionLooks } from "#components/decision-badge.tsx";
import { cn } from "#components/ui/cn.ts";
import { Link } from "#components/ui/link.tsx";
import { dotTones } from "#components/ui/status-dot.tsx";
import { type CallDecision, decisions } from "#lib/calls/schema.ts";
import type { OverviewRange } from "#lib/orgs/schema.ts";

export interface DecisionBar extends Record<CallDecision, number> {
  /** ISO 8601. */
  start: string;
  end: string;
  /** Where the calls of the bar begin in the record, newest first. */
  before: string;
}

export interface DecisionPlotProps {
  range: OverviewRange;
  callsHref: string;
  bars: readonly DecisionBar[];
}

/** Decisions over a range, stacked; a band opens its calls, the legend all of a decision. */
export function DecisionPlot({ range, callsHref, bars }: DecisionPlotProps) {
  const highest = niceCeiling(Math.max(...bars.map(totalOf)));
  return (
    <div className="grid gap-3">
      <ul className="flex flex-wrap gap-x-5 gap-y-1 text-sm max-sm:grid max-sm:grid-cols-2 max-sm:gap-y-0">
        {decisions.map((decision) => (
          <LegendEntry key={decision} decision={decision} bars={bars} callsHref={callsHref} />
        ))}
      </ul>
      <div className="grid grid-cols-[auto_1fr] gap-x-2" aria-hidden="true">
        <div className="flex flex-col justify-between pb-5 text-right text-muted text-xs">
          <span className="-translate-y-1/2">{highest.toLocaleString("en")}</span>
          <span className="translate-y-1/2">0</span>
        </div>
        <div className="min-w-0">
          <svg
            aria-hidden="true"
            viewBox={`0 0 ${bars.length * step} ${height}`}
            preserveAspectRatio="none"
            className="h-36 w-full border-y"
          >
            <line
              x1="0"
              x2={bars.length * step}
              y1={height / 2}
              y2={height / 2}
              className="stroke-border"
              strokeDasharray="4 4"
              vectorEffect="non-scaling-stroke"
            />
            {bars.map((bar, index) => (
              <Bar
                key={bar.start}
                bar={bar}
                x={index * step}
                highest={highest}
                callsHref={callsHref}
              />
            ))}
          </svg>
          <div className="flex h-5 items-end justify-between text-muted text-xs">
            {axes[range].map((label) => (
              <span key={label}>{label}</span>
            ))}
          </div>
        </div>
      </div>
    </div>
  );
}

const axes: Record<OverviewRange, readonly string[]> = {
  "1h": ["60 min ago", "45 min", "30 min", "15 min", "now"],
  "24h": ["24 h ago", "18 h", "12 h", "6 h", "now"],
  "7d": ["7 d ago", "now"],
  "30d": ["30 d ago", "20 d", "10 d", "now"],
  "90d": ["90 d ago", "60 d", "30 d", "now"],
};

function LegendEntry({
  decision,
  bars,
  callsHref,
}: {
  decision: CallDecision;
  bars: readonly DecisionBar[];
  callsHref: string;
}) {
  const { label, tone } = decisionLooks[decisionKind(decision)];
  const count = bars.reduce((sum, bar) => sum + bar[decision], 0);
  return (
    <li>
      <Link
        href={`${callsHref}?decision=${decision}`}
        className="group inline-flex items-center gap-1.5 rounded pointer-coarse:min-h-11"
      >
        <span aria-hidden="true" className={cn("size-2 rounded-full", dotTones[tone])} />
        <span className="text-muted transition-colors group-hover:text-text">{label}</span>
        <span className="font-medium">{count.toLocaleString("en")}</span>
      </Link>
    </li>
  );
}

interface BarProps {
  bar: DecisionBar;
  x: number;
  highest: number;
  callsHref: string;
}

function Bar({ bar, x, highest, callsHref }: BarProps) {
  let top = height;
  return (
    <g>
      <title>{titleOf(bar)}</title>
      <rect x={x} width={step} height={height} className="fill-transparent" />
      {decisions.map((decision) => {
        const count = bar[decision];
        if (count === 0) return null;
        const length = Math.max(1, (count / highest) * height);
        top -= length;
        return (
          <Link
            key={decision}
            href={`${callsHref}?decision=${decision}&before=${bar.before}`}
            prefetch={false}
            tabIndex={-1}
          >
            <rect
              x={x + step * 0.06}
              y={top}
              width={step * 0.88}
              height={Math.max(0.5, length - 0.75)}
              className={cn("opacity-85 transition-opacity hover:opacity-100", fills[decision])}
            />
          </Link>
        );
      })}
    </g>
  );
}

const fills: Record<CallDecision, string> = {
  allowed: "fill-positive",
  limited: "fill-caution",
  approval: "fill-info",
  denied: "fill-danger",
  hidden: "fill-muted",
};

/** In the units of the drawing, which is stretched to its place. */
const height = 144;
const step = 20;

function totalOf(bar: DecisionBar): number {
  return decisions.reduce((sum, decision) => sum + bar[decision], 0);
}

function titleOf(bar: DecisionBar): string {
  const parts = decisions
    .filter((decision) => bar[decision] > 0)
    .map(
      (decision) =>
        `${bar[decision].toLocaleString("en")} ${decisionLooks[decisionKind(decision)].label.toLowerCase()}`,
    );
  return `${spanOf(bar)}: ${parts.length > 0 ? parts.join(", ") : "no calls"}`;
}

/** "14:00 to 15:00 UTC", or the day where the bar is one. */
function spanOf({ start, end }: DecisionBar): string {
  const [startDay, startTime] = [start.slice(0, 10), start.slice(11, 16)];
  const [endDay, endTime] = [end.slice(0, 10), end.slice(11, 16)];
  if (startTime === endTime) return `${startDay} UTC`;
  return `${startDay} ${startTime} to ${endDay === startDay ? "" : `${endDay} `}${endTime} UTC`;
}

/** The next 1, 2, 3, 4, 6 or 8 followed by zeros, so that the axis has a number people can halve. */
function niceCeiling(value: number): number {
  if (value <= 4) return 4;
  const power = 10 ** Math.floor(Math.log10(value));
  return (
    [1, 2, 3, 4, 6, 8, 10].map((factor) => factor * power).find((top) => top >= value) ?? value
  );
}
