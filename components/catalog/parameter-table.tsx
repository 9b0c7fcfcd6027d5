"use client";

export interface ParameterRow {
  name: string;
  type: string;
  required?: true;
  /** "one of a, b". */
  values?: string;
  says?: string;
  inner?: readonly ParameterRow[];
}

const looks = [
  "rounded border text-sm [&_ul]:mt-2 [&_ul]:rounded [&_ul]:border",
  "[&_li]:min-w-0 [&_li]:border-b [&_li]:px-3 [&_li]:py-2 [&_li:last-child]:border-b-0",
  "[&_code]:mr-2.5 [&_code]:break-all [&_code]:font-medium [&_code]:font-mono",
  "[&_i]:mr-2.5 [&_i]:font-mono [&_i]:text-muted [&_i]:text-xs [&_i]:not-italic",
  "[&_em]:mr-2.5 [&_em]:rounded [&_em]:bg-hover [&_em]:px-1.5 [&_em]:py-0.5 [&_em]:font-medium [&_em]:text-muted [&_em]:text-xs [&_em]:not-italic",
  "[&_small]:break-words [&_small]:text-muted [&_small]:text-xs",
  "[&_p]:max-w-[72ch] [&_p]:whitespace-pre-line [&_p]:break-words [&_p]:text-muted",
].join(" ");

/**
 * A tool's parameters with what its schema says of each; nested ones stand under theirs. Drawn in the
 * browser's terms, so that a page carries each text once more and not its markup.
 */
export function ParameterTable({ parameters }: { parameters: readonly ParameterRow[] }) {
  return <ul className={looks}>{parameters.map(row)}</ul>;
}

function row({ name, type, required, values, says, inner }: ParameterRow) {
  return (
    <li key={name}>
      <code>{name}</code>
      <i>{type}</i>
      {required && <em>required</em>}
      {values && <small>{values}</small>}
      {says && <p>{says}</p>}
      {inner && <ul>{inner.map(row)}</ul>}
    </li>
  );
}
