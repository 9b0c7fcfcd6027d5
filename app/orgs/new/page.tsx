import type { Metadata } from "next";
import { signOut } from "#app/signin/actions.ts";
import { NewOrgForm } from "#components/org/new-org-form.tsx";
import { PlainFrame } from "#components/org/plain-frame.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { env } from "#lib/env.ts";
import { requireUser } from "#lib/web/session.ts";
import { createOrg } from "./actions.ts";

export const metadata: Metadata = { title: "New org" };

export default async function NewOrgPage() {
  const user = await requireUser("/orgs/new");
  return (
    <PlainFrame user={user} signOut={signOut}>
      <PageHeader
        title="Create an org"
        description="It holds your servers, agents and rules. You become its owner."
      />
      <NewOrgForm action={createOrg} proxyUrl={env().publicProxyUrl} />
    </PlainFrame>
  );
}
