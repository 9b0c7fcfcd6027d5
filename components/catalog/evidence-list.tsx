export interface QuotedEvidence {
  source: string;
  quote: string;
  meaning: string;
}

/** The pieces of the definition that the classification rests on, in the server's own words. */
export function EvidenceList({ evidence }: { evidence: readonly QuotedEvidence[] }) {
  return (
    <ul className="grid gap-2 text-sm">
      {evidence.map(({ source, quote, meaning }) => (
        <li key={`${source} ${quote} ${meaning}`} className="grid gap-0.5 border-l-2 pl-3">
          <q className="break-words font-mono">{quote}</q>
          <span className="text-muted">
            {sources.get(source) ?? source}: {meaning}
          </span>
        </li>
      ))}
    </ul>
  );
}

const sources = new Map([
  ["name", "Name"],
  ["description", "Description"],
  ["parameter", "Parameter"],
  ["annotation", "Hint"],
]);
