import type { Metadata } from "next";
import { MinimumRevisionForm } from "#components/org/minimum-revision-form.tsx";
import { OrgNameForm } from "#components/org/org-name-form.tsx";
import { SettingsTabs } from "#components/org/settings-tabs.tsx";
import { Page } from "#components/shell/page.tsx";
import { Card, Facts, Section } from "#components/ui/card.tsx";
import { CopyField } from "#components/ui/copy-button.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { readOrgSettings } from "#lib/orgs/settings.ts";
import { aggregateUrlOf } from "#lib/servers/proxy-url.ts";
import { may, requireOrg } from "#lib/web/session.ts";
import { saveMinimumRevision, saveOrgName } from "./actions.ts";

export const metadata: Metadata = { title: "Settings" };

export default async function SettingsPage({ params }: PageProps<"/orgs/[org]/settings">) {
  const { org: slug } = await params;
  const context = await requireOrg(slug, "org.read");
  const { name } = context.org;
  const { minimumRevision } = await readOrgSettings(context);
  const mayUpdate = may(context, "org.update");
  return (
    <Page width="form">
      <PageHeader title="Settings" />
      <SettingsTabs
        base={`/orgs/${slug}/settings`}
        notifications={may(context, "notifications.read")}
      />
      <Section title="Org">
        <Card className="p-4">
          {mayUpdate ? (
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
      <Section
        title="Agents"
        description="Clients that speak an older MCP revision than this are refused from their next message on, and told why."
      >
        <Card className="p-4">
          {mayUpdate ? (
            <MinimumRevisionForm
              action={saveMinimumRevision.bind(null, slug)}
              minimumRevision={minimumRevision}
            />
          ) : (
            <Facts items={[{ term: "Oldest revision", value: minimumRevision ?? "Any" }]} />
          )}
        </Card>
      </Section>
    </Page>
  );
}
