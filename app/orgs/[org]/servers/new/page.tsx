import type { Metadata } from "next";
import { RegisterServerForm } from "#components/servers/register-server-form.tsx";
import { Page } from "#components/shell/page.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { env } from "#lib/env.ts";
import { CONNECTORS } from "#lib/servers/connectors.ts";
import { listServers } from "#lib/servers/servers.ts";
import { requireOrg } from "#lib/web/session.ts";
import { registerServer, requestConnectionTest, requestDiscovery } from "../actions.ts";

export const metadata: Metadata = { title: "Register server" };

export default async function NewServerPage({ params }: PageProps<"/orgs/[org]/servers/new">) {
  const { org } = await params;
  const context = await requireOrg(org, "servers.write");
  const servers = await listServers(context);
  return (
    <Page width="content">
      <PageHeader
        title="Register server"
        breadcrumbs={[{ label: "Servers", href: `/orgs/${org}/servers` }]}
        description="Nothing is callable at first: every tool is denied until you set a rule."
      />
      <RegisterServerForm
        org={org}
        proxyBase={`${env().publicProxyUrl}/mcp/${org}`}
        connectors={CONNECTORS}
        takenSlugs={servers.map((server) => server.slug)}
        testConnection={requestConnectionTest.bind(null, org)}
        registerServer={registerServer.bind(null, org)}
        requestDiscovery={requestDiscovery.bind(null, org)}
      />
    </Page>
  );
}
