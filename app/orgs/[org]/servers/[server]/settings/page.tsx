import { Discovery } from "#components/servers/discovery.tsx";
import { RemoveServer } from "#components/servers/remove-server.tsx";
import { ServerFacts } from "#components/servers/server-facts.tsx";
import { ServerSettingsForm } from "#components/servers/server-settings-form.tsx";
import { ReviewSettings } from "#components/tools/review-settings.tsx";
import { Section } from "#components/ui/card.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { findConnector } from "#lib/servers/connectors.ts";
import { may, requireOrg } from "#lib/web/session.ts";
import { removeServer, requestDiscovery, setServerReview, updateServer } from "../../actions.ts";
import { readServer } from "../read-server.ts";

export default async function ServerSettingsPage({
  params,
}: PageProps<"/orgs/[org]/servers/[server]/settings">) {
  const { org, server: slug } = await params;
  const context = await requireOrg(org, "servers.read");
  const server = await readServer(org, slug);
  const connector = server.connector === null ? undefined : findConnector(server.connector);
  const canWrite = may(context, "servers.write");
  return (
    <div className="grid max-w-3xl gap-10">
      {canWrite ? (
        <Section title="Connection" description="Calls use a change from the moment it is saved.">
          <ServerSettingsForm
            key={server.revision}
            server={{
              slug,
              name: server.name,
              url: server.url,
              settings: server.settings,
              secretNames: server.secretNames,
              strippedCapabilities: server.strippedCapabilities,
            }}
            connector={connector}
            updateServer={updateServer.bind(null, org)}
          />
        </Section>
      ) : (
        <Section title="Connection">
          <ServerFacts server={server} />
        </Section>
      )}
      <Section title="Tools" description={lastRead(server.discoveredAt)}>
        <Discovery
          org={org}
          server={slug}
          kind={server.kind}
          canDiscover={may(context, "servers.discover")}
          text="Reads the list of tools again. New and changed ones are held until somebody accepts them."
          requestDiscovery={requestDiscovery.bind(null, org)}
        />
        <ReviewSettings
          key={`${server.trusted} ${server.acceptsHarmless}`}
          server={slug}
          review={{ trusted: server.trusted, acceptsHarmless: server.acceptsHarmless }}
          canEdit={may(context, "rules.write")}
          setServerReview={setServerReview.bind(null, org)}
        />
      </Section>
      {canWrite && (
        <Section title="Remove this server">
          <RemoveServer
            slug={slug}
            agents={server.agents}
            listHref={`/orgs/${org}/servers`}
            removeServer={removeServer.bind(null, org)}
          />
        </Section>
      )}
    </div>
  );
}

function lastRead(at: Date | null) {
  if (at === null) return "Not read yet.";
  return (
    <>
      Last read <RelativeTime at={at.getTime()} />. They are read again on a schedule, when the
      server says that its list changed, and when a list on its way to an agent differs.
    </>
  );
}
