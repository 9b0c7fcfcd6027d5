import { BellRing } from "lucide-react";
import type { Metadata } from "next";
import { AddChannel } from "#components/notifications/add-channel.tsx";
import { ChannelList } from "#components/notifications/channel-list.tsx";
import { deliveryItemOf } from "#components/notifications/delivery-item.ts";
import { DeliveryLog } from "#components/notifications/delivery-log.tsx";
import { SettingsTabs } from "#components/org/settings-tabs.tsx";
import { Page } from "#components/shell/page.tsx";
import { Section } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { env } from "#lib/env.ts";
import { listChannels } from "#lib/notifications/channels.ts";
import { listDeliveries } from "#lib/notifications/deliveries.ts";
import { may, requireOrg } from "#lib/web/session.ts";
import { create, remove, test, update } from "./actions.ts";

export const metadata: Metadata = { title: "Notifications" };

export default async function NotificationsPage({
  params,
}: PageProps<"/orgs/[org]/settings/notifications">) {
  const { org } = await params;
  const context = await requireOrg(org, "notifications.read");
  const [channels, deliveries] = await Promise.all([
    listChannels(context),
    listDeliveries(context),
  ]);
  const mayWrite = may(context, "notifications.write");
  return (
    <Page width="content">
      <PageHeader
        title="Settings"
        action={
          // Always in this place: its dialog shows a secret while the list below it changes.
          mayWrite && (
            <AddChannel
              orgSlug={org}
              dashboardUrl={env().publicUrl}
              canMail={env().smtp !== null}
              create={create.bind(null, org)}
            />
          )
        }
      />
      <SettingsTabs base={`/orgs/${org}/settings`} notifications />
      <Section
        title="Notifications"
        description="Where people are told of what needs them. A message carries a link and decides nothing: approving takes a sign-in and a click in Callgate. A channel that is down never delays a call."
      >
        {channels.length === 0 ? (
          <EmptyState
            icon={<BellRing aria-hidden="true" />}
            title="Nobody is told yet"
            description="Requests for approval wait in the inbox until somebody looks. Add a webhook, a Slack channel or e-mail."
          />
        ) : (
          <ChannelList
            channels={channels}
            actions={
              mayWrite
                ? {
                    update: update.bind(null, org),
                    remove: remove.bind(null, org),
                    test: test.bind(null, org),
                  }
                : null
            }
          />
        )}
      </Section>
      {(channels.length > 0 || deliveries.length > 0) && (
        <Section
          title="Delivery log"
          description="The last 50 messages. What fails is tried again after 30 seconds, 2, 10 and 45 minutes."
        >
          <DeliveryLog orgSlug={org} initial={deliveries.map(deliveryItemOf)} />
        </Section>
      )}
    </Page>
  );
}
