"use client";

import { CodeBlock } from "#components/ui/code-block.tsx";

/** A policy to copy; drawn in the browser's terms, so that a page carries a long one once and not for each use. */
export function PolicyBlock({ policy }: { policy: string }) {
  return <CodeBlock code={policy} what="policy" title="policy.yaml" />;
}
