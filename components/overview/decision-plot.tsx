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
      <ul className="flex flex-wrap gap-x-5 gap-y-1 text-sm">
        {decisions.map((decision) => (
          <LegendEntry key={decision} decision={decision} hours={hours} callsHref={callsHref} />
        ))}
      </ul>
      <div className="grid grid-cols-[auto_1fr] gap-x-2" aria-hidden="true">
        <div className="flex flex-col justify-between pb-5 text-right text-muted text-xs">
          <span className="-translate-y-1/2">{highest.toLocaleString("en")}</span>
          <span className="translate-y-1/2">0</span>
        </div>
        <div>
          <div className="relative flex h-36 items-end gap-0.5 border-y sm:gap-1">
            <div className="absolute inset-x-0 top-1/2 border-t border-dashed" />
            {hours.map((hour) => (
              <Bar key={hour.hour} hour={hour} highest={highest} callsHref={callsHref} />
            ))}
          </div>
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

function Bar({ hour, highest, callsHref }: { hour: HourBar; highest: number; callsHref: string }) {
  const total = totalOf(hour);
  return (
    <div
      className="group/bar relative flex h-full flex-1 flex-col-reverse gap-px overflow-hidden"
      title={titleOf(hour)}
    >
      {decisions.map((decision) => {
        const count = hour[decision];
        if (count === 0) return null;
        const { tone } = decisionLooks[decisionKind(decision)];
        return (
          <Link
            key={decision}
            href={`${callsHref}?decision=${decision}&before=${hour.before}`}
            prefetch={false}
            tabIndex={-1}
            style={{ height: `${(count / highest) * 100}%` }}
            className={cn(
              "block min-h-0.5 rounded-[1px] opacity-85 transition-opacity hover:opacity-100",
              fillOf(decision, tone),
            )}
          />
        );
      })}
      {total === 0 && <span className="block h-px bg-border" />}
    </div>
  );
}

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

/** The next 1, 2 or 5 followed by zeros, so that the axis has a number people can halve. */
function niceCeiling(value: number): number {
  if (value <= 4) return 4;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 4, 5, 10].map((step) => step * power).find((step) => step >= value) ?? value;
}
