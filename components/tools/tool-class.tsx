import { Badge } from "#components/ui/badge.tsx";
import type { EvidenceSource } from "#lib/catalog/types.ts";
import type { ToolRow } from "#lib/tools/tools.ts";
import type { SignalTexts } from "./tool-view.ts";

/** Why the tool has its class: one sentence, the pieces it rests on, and what else was noticed. */
export function ToolClass({
  tool,
  signalTexts,
}: {
  tool: Pick<ToolRow, "rationale" | "confidence" | "evidence" | "signals">;
  signalTexts: SignalTexts;
}) {
  return (
    <div className="grid gap-3 text-sm">
      <p className="max-w-[72ch]">
        {tool.rationale}{" "}
        <span className="whitespace-nowrap text-muted">
          Confidence {Math.round(tool.confidence * 100)} %.
        </span>
        {tool.signals.includes("no_description") && (
          <span className="text-muted"> Without a description confidence falls.</span>
        )}
      </p>
      {tool.evidence.length > 0 && (
        <ul className="grid gap-px overflow-hidden rounded border">
          {tool.evidence.map((piece) => (
            <li
              key={`${piece.source} ${piece.quote} ${piece.meaning}`}
              className="grid gap-x-3 gap-y-0.5 border-b px-3 py-1.5 last:border-b-0 sm:grid-cols-[6.5rem_1fr]"
            >
              <span className="text-muted">{sources[piece.source]}</span>
              <span className="min-w-0">
                <q className="break-words font-mono text-xs">{piece.quote}</q>
                <span className="block text-muted">{piece.meaning}</span>
              </span>
            </li>
          ))}
        </ul>
      )}
      {tool.signals.length > 0 && (
        <ul className="grid gap-2">
          {tool.signals.map((signal) => (
            <li key={signal} className="grid gap-x-3 gap-y-1 sm:grid-cols-[auto_1fr]">
              <Badge tone="caution" className="justify-self-start">
                {signalTexts[signal]?.label ?? signal}
              </Badge>
              <span className="min-w-0 text-muted">{signalTexts[signal]?.advice}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

const sources: Record<EvidenceSource, string> = {
  name: "Name",
  description: "Description",
  parameter: "Parameter",
  annotation: "Server's hint",
};
