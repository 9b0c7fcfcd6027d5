import type { Metadata } from "next";
import { DocPage } from "#components/docs/doc-page.tsx";
import { docPages } from "#lib/docs/pages.ts";
import { policyReference } from "#lib/docs/policy-reference.ts";
import { metadataOf } from "../../metadata.ts";

export function generateMetadata(): Metadata {
  return metadataOf(policyReference());
}

export default function PolicyReferencePage() {
  return <DocPage content={policyReference()} pages={docPages} />;
}
