import type { Metadata } from "next";
import { OrgNameForm } from "#components/org/org-name-form.tsx";
import { SettingsTabs } from "#components/org/settings-tabs.tsx";
import { Page } from "#components/shell/page.tsx";
import { Card, Facts, Section } from "#components/ui/card.tsx";
import { CopyField } from "#components/ui/copy-button.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { aggregateUrlOf } from "#lib/servers/proxy-url.ts";
import { may, requireOrg } from "#lib/web/session.ts";
import { saveOrgName } from "./actions.ts";

export const metadata: Metadata = { title: "Settings" };

export default async function SettingsPage({ params }: PageProps<"/orgs/[org]/settings">) {
  const { org: slug } = await params;
  const context = await requireOrg(slug, "org.read");
  const { name } = context.org;
  return (
    <Page width="form">
      <PageHeader title="Settings" />
      <SettingsTabs
        base={`/orgs/${slug}/settings`}
        notifications={may(context, "notifications.read")}
      />
      <Section title="Org">
        <Card className="p-4">
          {may(context, "org.update") ? (
            <OrgNameForm action={saveOrgName.bind(null, slug)} name={name} />
          ) : (
            <Facts items={[{ term: "Name", value: name }]} />
          )}
        </Card>
      </Section>
      <Section
        title="Address"
        description="Agents' URLs contain it, so it stays as it is. Here an agent reaches all its servers; with a server's name at its end, that server alone."
      >
        <CopyField value={aggregateUrlOf(slug)} what="address of the org" />
      </Section>
    </Page>
  );
}
