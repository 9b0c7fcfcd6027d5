import { decisionKind } from "#components/calls/decision-kind.ts";
import { decisionLooks } from "#components/decision-badge.tsx";
import { cn } from "#components/ui/cn.ts";
import { Link } from "#components/ui/link.tsx";
import { dotTones, type StatusTone } from "#components/ui/status-dot.tsx";
import { type CallDecision, decisions } from "#lib/calls/schema.ts";

export interface HourBar extends Record<CallDecision, number> {
  /** Start of the hour, ISO 8601. */
  hour: string;
  /** Where the calls of the hour begin in the record, newest first. */
  before: string;
}

export interface DecisionPlotProps {
  callsHref: string;
  hours: readonly HourBar[];
}

/** A day of decisions, an hour a bar; a band opens its calls, the legend those of the whole day. */
export function DecisionPlot({ callsHref, hours }: DecisionPlotProps) {
  const highest = niceCeiling(Math.max(...hours.map(totalOf)));
  return (
    <div className="grid gap-3">
      <ul className="flex flex-wrap gap-x-5 gap-y-1 text-sm max-sm:grid max-sm:grid-cols-2 max-sm:gap-y-0">
        {decisions.map((decision) => (
          <LegendEntry key={decision} decision={decision} hours={hours} callsHref={callsHref} />
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
            viewBox={`0 0 ${hours.length * step} ${height}`}
            preserveAspectRatio="none"
            className="h-36 w-full border-y"
          >
            <line
              x1="0"
              x2={hours.length * step}
              y1={height / 2}
              y2={height / 2}
              className="stroke-border"
              strokeDasharray="4 4"
              vectorEffect="non-scaling-stroke"
            />
            {hours.map((hour, index) => (
              <Bar
                key={hour.hour}
                hour={hour}
                x={index * step}
                highest={highest}
                callsHref={callsHref}
              />
            ))}
          </svg>
          <div className="flex h-5 items-end justify-between text-muted text-xs">
            <span>24 h ago</span>
            <span>18 h</span>
            <span>12 h</span>
            <span>6 h</span>
            <span>now</span>
          </div>
        </div>
      </div>
    </div>
  );
}

function LegendEntry({
  decision,
  hours,
  callsHref,
}: {
  decision: CallDecision;
  hours: readonly HourBar[];
  callsHref: string;
}) {
  const { label, tone } = decisionLooks[decisionKind(decision)];
  const count = hours.reduce((sum, hour) => sum + hour[decision], 0);
  return (
    <li>
      <Link
        href={`${callsHref}?decision=${decision}`}
        className="group inline-flex items-center gap-1.5 rounded pointer-coarse:min-h-11"
      >
        <span aria-hidden="true" className={cn("size-2 rounded-full", fillOf(decision, tone))} />
        <span className="text-muted transition-colors group-hover:text-text">{label}</span>
        <span className="font-medium">{count.toLocaleString("en")}</span>
      </Link>
    </li>
  );
}

interface BarProps {
  hour: HourBar;
  x: number;
  highest: number;
  callsHref: string;
}

function Bar({ hour, x, highest, callsHref }: BarProps) {
  let top = height;
  return (
    <g>
      <title>{titleOf(hour)}</title>
      <rect x={x} width={step} height={height} className="fill-transparent" />
      {decisions.map((decision) => {
        const count = hour[decision];
        if (count === 0) return null;
        const length = Math.max(1, (count / highest) * height);
        top -= length;
        return (
          <Link
            key={decision}
            href={`${callsHref}?decision=${decision}&before=${hour.before}`}
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
  hidden: "fill-edge",
};

/** In the units of the drawing, which is stretched to its place. */
const height = 144;
const step = 20;

function fillOf(decision: CallDecision, tone: StatusTone): string {
  return decision === "hidden" ? "bg-edge" : dotTones[tone];
}

function totalOf(hour: HourBar): number {
  return decisions.reduce((sum, decision) => sum + hour[decision], 0);
}

function titleOf(hour: HourBar): string {
  const parts = decisions
    .filter((decision) => hour[decision] > 0)
    .map(
      (decision) =>
        `${hour[decision].toLocaleString("en")} ${decisionLooks[decisionKind(decision)].label.toLowerCase()}`,
    );
  return `${hour.hour.slice(11, 16)} UTC: ${parts.length > 0 ? parts.join(", ") : "no calls"}`;
}

/** The next 1, 2, 3, 4, 6 or 8 followed by zeros, so that the axis has a number people can halve. */
function niceCeiling(value: number): number {
  if (value <= 4) return 4;
  const power = 10 ** Math.floor(Math.log10(value));
  return (
    [1, 2, 3, 4, 6, 8, 10].map((factor) => factor * power).find((top) => top >= value) ?? value
  );
}
