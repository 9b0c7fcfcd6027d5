import { durationText } from "./duration-text.ts";

export interface WaterfallProps {
  /** What Callgate itself took: receiving, deciding, recording, handing back. */
  addedMs: number | null;
  upstreamMs: number | null;
  serverName: string;
}

interface Span {
  label: string;
  startMs: number;
  lengthMs: number;
  fill: string;
}

/** Where the time of a call that was sent on went, drawn to scale. */
export function Waterfall({ addedMs, upstreamMs, serverName }: WaterfallProps) {
  if (addedMs === null && upstreamMs === null) {
    return <p className="text-muted text-sm">No answer is on record yet, so there are no times.</p>;
  }
  const added = addedMs ?? 0;
  const upstream = upstreamMs ?? 0;
  const spans: Span[] = [
    { label: "Callgate", startMs: 0, lengthMs: added, fill: "fill-accent" },
    ...(upstreamMs === null
      ? []
      : [{ label: serverName, startMs: added, lengthMs: upstream, fill: "fill-muted" }]),
  ];
  const total = Math.max(0.001, added + upstream);
  return (
    <dl className="grid gap-2 text-sm">
      {spans.map(({ label, startMs, lengthMs, fill }) => (
        <div
          key={label}
          className="grid grid-cols-[minmax(5rem,9rem)_1fr_4.5rem] items-center gap-3"
        >
          <dt className="truncate text-muted">{label}</dt>
          <dd aria-hidden="true">
            <svg
              aria-hidden="true"
              viewBox="0 0 100 8"
              preserveAspectRatio="none"
              className="h-2 w-full rounded-full bg-sunken"
            >
              <rect
                x={Math.min(99, (startMs / total) * 100)}
                width={Math.max(1, (lengthMs / total) * 100)}
                height="8"
                className={fill}
              />
            </svg>
          </dd>
          <dd className="text-right tabular-nums">{durationText(lengthMs)}</dd>
        </div>
      ))}
    </dl>
  );
}
