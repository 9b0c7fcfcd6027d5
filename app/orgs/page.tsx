import { Building2, Plus } from "lucide-react";
import type { Metadata } from "next";
import { signOut } from "#app/signin/actions.ts";
import { OrgList } from "#components/org/org-list.tsx";
import { PlainFrame } from "#components/org/plain-frame.tsx";
import { ButtonLink } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { listOrgsOfUser } from "#lib/orgs/orgs.ts";
import { goTo } from "#lib/web/go-to.ts";
import { requireUser } from "#lib/web/session.ts";
import { registerChoice } from "./new/register-choice.ts";

export const metadata: Metadata = { title: "Orgs" };

export default async function OrgsPage({ searchParams }: PageProps<"/orgs">) {
  const { choose, register } = await searchParams;
  const choice = registerChoice(register);
  const user = await requireUser(`/orgs${choice?.query ?? ""}`);
  const place = choice?.place;
  const newOrg = `/orgs/new${choice?.query ?? ""}`;
  const orgs = await listOrgsOfUser(user.id);
  const [only] = orgs;
  // Whoever comes to choose ("?choose") sees the list even when there is one.
  if (only && orgs.length === 1 && choose === undefined) {
    goTo(`/orgs/${only.org.slug}${place ?? ""}`);
  }
  // A passer-by who has just signed up for a server of the catalogue has one way on.
  if (orgs.length === 0 && choice !== null && choose === undefined) goTo(newOrg);
  return (
    <PlainFrame user={user} signOut={signOut}>
      <PageHeader
        title="Your orgs"
        {...(place !== undefined && { description: "Choose the org to register the server in." })}
        action={
          <ButtonLink href={newOrg} icon={<Plus aria-hidden="true" className="size-4" />}>
            New org
          </ButtonLink>
        }
      />
      {orgs.length > 0 ? (
        <OrgList orgs={orgs} place={place} />
      ) : (
        <Card>
          <EmptyState
            icon={<Building2 aria-hidden="true" />}
            title="No org yet"
            description="An org holds servers, agents and rules. Create one, or ask a colleague to add you to theirs."
            action={
              <ButtonLink href={newOrg} variant="primary">
                Create org
              </ButtonLink>
            }
          />
        </Card>
      )}
    </PlainFrame>
  );
}
