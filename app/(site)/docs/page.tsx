import type { Metadata } from "next";
import { DocPage } from "#components/docs/doc-page.tsx";
import { docPages } from "#lib/docs/pages.ts";
import { quickStart } from "#lib/docs/quick-start.ts";
import { metadataOf } from "../metadata.ts";

export function generateMetadata(): Metadata {
  return metadataOf(quickStart());
}

export default function QuickStartPage() {
  return <DocPage content={quickStart()} pages={docPages} />;
}
