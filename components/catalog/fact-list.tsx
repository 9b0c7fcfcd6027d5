import { Fragment, type ReactNode } from "react";

/** Terms and their values, as `Facts` shows them, in the bytes of what they say. */
export function FactList({ items }: { items: readonly { term: string; value: ReactNode }[] }) {
  return (
    <dl className="grid grid-cols-[minmax(5rem,auto)_1fr] items-baseline gap-x-4 gap-y-2 text-sm sm:grid-cols-[minmax(7rem,auto)_1fr] sm:gap-x-6 [&_dd]:min-w-0 [&_dd]:break-words [&_dt]:text-muted">
      {items.map(({ term, value }) => (
        <Fragment key={term}>
          <dt>{term}</dt>
          <dd>{value}</dd>
        </Fragment>
      ))}
    </dl>
  );
}
