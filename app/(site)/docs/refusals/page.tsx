import type { Metadata } from "next";
import { Part, Text } from "#components/catalog/prose.tsx";
import { DocPage } from "#components/docs/doc-page.tsx";
import { refusals } from "#lib/docs/refusals.ts";

export const metadata: Metadata = {
  title: "Refusals",
  description:
    "Every answer an agent can get from Callgate instead of its server’s, what it means and what to do.",
  alternates: { canonical: "/docs/refusals" },
};

export default function RefusalsPage() {
  return (
    <DocPage
      current="/docs/refusals"
      title="Refusals"
      lead="What an agent reads when a call does not go through. Each text says what was refused, why, and whether to try again; programs read the same in _meta under dev.callgate/decision."
    >
      {refusals.map(({ id, title, form, example, means, what }) => (
        <Part key={id} id={id} title={title}>
          <p className="text-muted text-sm">{form}</p>
          <blockquote className="wrap-anywhere min-w-0 max-w-[80ch] rounded border bg-sunken p-3 font-mono text-sm">
            {example}
          </blockquote>
          <Text>{means}</Text>
          <Text>{what}</Text>
        </Part>
      ))}
    </DocPage>
  );
}
