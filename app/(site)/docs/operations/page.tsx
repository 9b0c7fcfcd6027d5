import type { Metadata } from "next";
import { DocPage } from "#components/docs/doc-page.tsx";
import { operations } from "#lib/docs/operations.ts";
import { docPages } from "#lib/docs/pages.ts";
import { metadataOf } from "../../metadata.ts";

export function generateMetadata(): Metadata {
  return metadataOf(operations());
}

export default function OperationsPage() {
  return <DocPage content={operations()} pages={docPages} />;
}
