import type { Metadata } from "next";
import { signOut } from "#app/signin/actions.ts";
import { NameForm, OtherSessionsForm, PasswordForm } from "#components/auth/account-forms.tsx";
import { PlainFrame } from "#components/org/plain-frame.tsx";
import { Card, Section } from "#components/ui/card.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { requireUser } from "#lib/web/session.ts";
import { endOtherSessions, saveName, savePassword } from "./actions.ts";

export const metadata: Metadata = { title: "Account" };

export default async function AccountPage() {
  const user = await requireUser("/account");
  return (
    <PlainFrame user={user} signOut={signOut}>
      <PageHeader
        title="Account"
        description={user.email}
        breadcrumbs={[{ label: "Your orgs", href: "/orgs?choose" }]}
      />
      <Section title="Profile">
        <Card className="p-4">
          <NameForm action={saveName} name={user.name} />
        </Card>
      </Section>
      <Section title="Password">
        <Card className="p-4">
          <PasswordForm action={savePassword} email={user.email} />
        </Card>
      </Section>
      <Section
        title="Browsers"
        description="A session ends after 12 hours without use, and after 7 days in any case."
      >
        <OtherSessionsForm action={endOtherSessions} />
      </Section>
    </PlainFrame>
  );
}
