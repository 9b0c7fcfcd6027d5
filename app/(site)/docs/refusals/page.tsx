import type { Metadata } from "next";
import { DocPage } from "#components/docs/doc-page.tsx";
import { docPages } from "#lib/docs/pages.ts";
import { refusalReference } from "#lib/docs/refusal-reference.ts";
import { metadataOf } from "../../metadata.ts";

export function generateMetadata(): Metadata {
  return metadataOf(refusalReference());
}

export default function RefusalsPage() {
  return <DocPage content={refusalReference()} pages={docPages} />;
}
