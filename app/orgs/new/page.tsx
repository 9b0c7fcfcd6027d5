import type { Metadata } from "next";
import { signOut } from "#app/signin/actions.ts";
import { NewOrgForm } from "#components/org/new-org-form.tsx";
import { PlainFrame } from "#components/org/plain-frame.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { findCatalogueServer } from "#lib/catalogue/read.ts";
import { env } from "#lib/env.ts";
import { requireUser } from "#lib/web/session.ts";
import { createOrg } from "./actions.ts";
import { registerChoice } from "./register-choice.ts";

export const metadata: Metadata = { title: "New org" };

export default async function NewOrgPage({ searchParams }: PageProps<"/orgs/new">) {
  const choice = registerChoice((await searchParams).register);
  const user = await requireUser(`/orgs/new${choice?.query ?? ""}`);
  const server = choice && (await findCatalogueServer(choice.server));
  return (
    <PlainFrame user={user} signOut={signOut}>
      <PageHeader
        title="Create an org"
        description={`It holds your servers, agents and rules. You become its owner.${server ? ` ${server.title} is registered in it next.` : ""}`}
      />
      <NewOrgForm
        action={createOrg.bind(null, choice?.server ?? null)}
        proxyUrl={env().publicProxyUrl}
      />
    </PlainFrame>
  );
}
