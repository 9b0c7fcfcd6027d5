import { Fragment } from "react";
import { Badge } from "#components/ui/badge.tsx";
import type { FieldRow } from "#lib/docs/document.ts";

/** Fields and what they take. */
export function FieldTable({ label, fields }: { label: string; fields: readonly FieldRow[] }) {
  return (
    <dl aria-label={label} className="rounded border text-sm">
      {fields.map(({ names, type, required }) => (
        <div
          key={names.join()}
          className="grid gap-x-6 gap-y-0.5 border-b px-3 py-2 last:border-b-0 sm:grid-cols-[16rem_1fr]"
        >
          <dt className="flex flex-wrap content-start items-start gap-2">
            <code className="grid font-mono">
              {names.map((each) => (
                <span key={each}>{breakable(each)}</span>
              ))}
            </code>
            {required && <Badge>required</Badge>}
          </dt>
          <dd className="min-w-0 break-words text-muted">{type}</dd>
        </div>
      ))}
    </dl>
  );
}

/** A long name breaks after an underscore or a dot, where it has to. */
function breakable(name: string) {
  const parts = name.split(/(?<=[_.])/);
  return parts.map((part, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a part is its place
    <Fragment key={index}>
      {index > 0 && <wbr />}
      {part}
    </Fragment>
  ));
}
