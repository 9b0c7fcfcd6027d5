import { TriangleAlert } from "lucide-react";
import { sizeText } from "#components/calls/duration-text.ts";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { JsonValue } from "./json-value.tsx";
import { hasHidden } from "./visible-parts.ts";
import { VisibleText } from "./visible-text.tsx";

/** The complete arguments of a call: nothing folded, nothing unseen, secrets covered until wanted. */
export function ArgumentList({ value }: { value: unknown }) {
  const json = JSON.stringify(value, null, 2) ?? "null";
  const bytes = new TextEncoder().encode(JSON.stringify(value) ?? "").length;
  const entries = isRecord(value) ? Object.entries(value) : null;
  return (
    <section aria-labelledby="arguments" className="grid gap-2">
      <div className="flex items-center justify-between gap-3">
        <h3 id="arguments" className="font-medium text-sm">
          Arguments
          <span className="font-normal text-muted">
            {entries !== null && ` · ${entries.length}`} · {sizeText(bytes)}
          </span>
        </h3>
        <CopyButton value={json} what="arguments as JSON" variant="ghost" />
      </div>
      {containsHidden(value) && (
        <p className="flex items-start gap-2 text-caution text-sm">
          <TriangleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0" />
          There are characters in here that would not be seen. They are marked.
        </p>
      )}
      {entries === null ? (
        <div className="rounded border bg-sunken p-3">
          <Value name="" value={value} />
        </div>
      ) : entries.length === 0 ? (
        <p className="rounded border bg-sunken px-3 py-2 text-muted text-sm">None</p>
      ) : (
        <dl className="divide-y rounded border bg-sunken">
          {entries.map(([name, argument]) => (
            <div
              key={name}
              className="grid gap-x-4 gap-y-1 px-3 py-2 sm:grid-cols-[minmax(6rem,11rem)_1fr]"
            >
              <dt className="font-mono text-muted text-sm">
                <VisibleText text={name} />
              </dt>
              <dd className="min-w-0">
                <Value name={name} value={argument} />
              </dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}

function Value({ name, value }: { name: string; value: unknown }) {
  if (value === "") return <span className="text-muted text-sm">empty text</span>;
  const lines = typeof value === "string" ? value.split("\n").length : 1;
  const length = typeof value === "string" ? value.length : 0;
  return (
    <>
      <code className="whitespace-pre-wrap font-mono text-sm [overflow-wrap:anywhere]">
        <JsonValue name={name} value={value} />
      </code>
      {(lines > 1 || length > 120) && (
        <span className="block pt-0.5 text-muted text-xs">
          {length.toLocaleString("en")} characters{lines > 1 && `, ${lines} lines`}
        </span>
      )}
    </>
  );
}

function containsHidden(value: unknown): boolean {
  if (typeof value === "string") return hasHidden(value);
  if (Array.isArray(value)) return value.some(containsHidden);
  if (!isRecord(value)) return false;
  return Object.entries(value).some(([name, item]) => hasHidden(name) || containsHidden(item));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
