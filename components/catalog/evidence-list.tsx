export interface QuotedEvidence {
  source: string;
  quote: string;
  meaning: string;
}

/** The pieces of the definition that the classification rests on, in the server's own words. */
export function EvidenceList({ evidence }: { evidence: readonly QuotedEvidence[] }) {
  return (
    <ul className="grid gap-2 text-sm [&_li]:grid [&_li]:gap-0.5 [&_li]:border-l-2 [&_li]:pl-3 [&_q]:break-words [&_q]:font-mono [&_span]:text-muted">
      {evidence.map(({ source, quote, meaning }) => (
        <li key={`${source} ${quote} ${meaning}`}>
          <q>{quote}</q>
          <span>{`${evidenceSource(source)}: ${meaning}`}</span>
        </li>
      ))}
    </ul>
  );
}

function evidenceSource(source: string): string {
  return sources.get(source) ?? source;
}

const sources = new Map([
  ["name", "Name"],
  ["description", "Description"],
  ["parameter", "Parameter"],
  ["annotation", "Hint"],
]);
