import { count } from "#components/count.ts";
import { DecisionBadge } from "#components/decision-badge.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Link } from "#components/ui/link.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Cell, HeaderCell, Row, Table, TableBody, TableHead } from "#components/ui/table.tsx";
import type { ReplayDetail } from "#lib/rules/replay.ts";
import { kindOf } from "./decision-words.ts";
import type { ChangeCounts } from "./policy-answers.ts";

export interface ReplayViewProps {
  replay: ReplayDetail;
  callsHref: string;
  /** "would newly be": what comparing with the record means here. */
  words: { none: string };
}

/** How calls on record would end otherwise: numbers, by agent and tool, and one by one. */
export function ReplayView({ replay, callsHref, words }: ReplayViewProps) {
  const { looked, isComplete, counts, byAgent, byTool, calls } = replay;
  const changed = looked - counts.unchanged - counts.uncertain;
  if (looked === 0) return <p className="text-sm">{words.none}</p>;
  return (
    <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-5">
      <p role="status" className="max-w-[72ch] text-base">
        Of {count(looked, "call")} on record{isComplete ? "" : " (the newest; there are more)"},{" "}
        {changed === 0
          ? "none would end otherwise"
          : `${changed.toLocaleString("en")} would end otherwise`}
        {counts.uncertain > 0 &&
          `, and of ${counts.uncertain.toLocaleString("en")} it is not certain: it depends on values that are not stored`}
        .
      </p>
      <dl className="grid grid-cols-2 gap-px overflow-hidden rounded border bg-border sm:grid-cols-4 lg:grid-cols-7">
        {columns.map(({ key, label }) => (
          <div key={key} className="grid gap-0.5 bg-raised px-3 py-2">
            <dt className="text-muted text-xs">{label}</dt>
            <dd className="text-lg tabular-nums">{counts[key].toLocaleString("en")}</dd>
          </div>
        ))}
      </dl>
      <div className="grid min-w-0 items-start gap-5 lg:grid-cols-2">
        <Changes label="By agent" rows={byAgent.map((row) => ({ name: row.agent, counts: row }))} />
        <Changes label="By tool" rows={byTool.map((row) => ({ name: row.tool, counts: row }))} />
      </div>
      {calls.length > 0 && (
        <Table label="Calls that would end otherwise" density="compact">
          <TableHead>
            <HeaderCell>Call</HeaderCell>
            <HeaderCell>Agent</HeaderCell>
            <HeaderCell>Was</HeaderCell>
            <HeaderCell>Would be</HeaderCell>
            <HeaderCell>When</HeaderCell>
          </TableHead>
          <TableBody>
            {calls.map((call) => (
              <Row key={call.id}>
                <Cell phone="title" mono>
                  <Link
                    href={`${callsHref}/${call.id}`}
                    className="underline decoration-edge underline-offset-3 hover:decoration-text"
                  >
                    {call.tool}
                  </Link>
                </Cell>
                <Cell phone="detail">{call.agent}</Cell>
                <Cell phone="detail">
                  <DecisionBadge decision={kindOf[call.before]} />
                </Cell>
                <Cell phone="aside">
                  {call.after === null ? (
                    <Badge tone="caution">not certain</Badge>
                  ) : (
                    <DecisionBadge decision={kindOf[call.after]} />
                  )}
                </Cell>
                <Cell phone="detail">
                  <RelativeTime at={new Date(call.at).getTime()} />
                </Cell>
              </Row>
            ))}
          </TableBody>
        </Table>
      )}
    </div>
  );
}

const columns: readonly { key: keyof ChangeCounts; label: string }[] = [
  { key: "refused", label: "Newly denied" },
  { key: "hidden", label: "Newly hidden" },
  { key: "limited", label: "Newly limited" },
  { key: "held", label: "Newly held" },
  { key: "allowed", label: "Newly allowed" },
  { key: "uncertain", label: "Not certain" },
  { key: "unchanged", label: "Unchanged" },
];

function Changes({
  label,
  rows,
}: {
  label: string;
  rows: readonly { name: string; counts: ChangeCounts }[];
}) {
  const changed = rows.filter(({ counts }) =>
    columns.some(({ key }) => key !== "unchanged" && counts[key] > 0),
  );
  if (changed.length === 0) return null;
  return (
    <section aria-label={label} className="grid min-w-0 content-start gap-1">
      <h3 className="font-semibold text-sm">{label}</h3>
      <ul className="grid">
        {changed.map(({ name, counts }) => (
          <li key={name} className="flex min-w-0 flex-wrap gap-x-3 border-b py-1.5 text-sm">
            <span className="min-w-0 flex-1 basis-48 break-all font-mono">{name}</span>
            <span className="text-muted">
              {columns
                .filter(({ key }) => key !== "unchanged" && counts[key] > 0)
                .map(
                  ({ key, label: word }) =>
                    `${counts[key].toLocaleString("en")} ${word.toLowerCase()}`,
                )
                .join(" · ")}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
