import type { Metadata } from "next";
import { RegisterServerForm } from "#components/servers/register-server-form.tsx";
import { Page } from "#components/shell/page.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { findCatalogueServer } from "#lib/catalogue/read.ts";
import { env } from "#lib/env.ts";
import { CONNECTORS } from "#lib/servers/connectors.ts";
import { listServers } from "#lib/servers/servers.ts";
import { requireOrg } from "#lib/web/session.ts";
import { registerServer, requestConnectionTest, requestDiscovery } from "../actions.ts";

export const metadata: Metadata = { title: "Register server" };

export default async function NewServerPage({
  params,
  searchParams,
}: PageProps<"/orgs/[org]/servers/new">) {
  const { org } = await params;
  const context = await requireOrg(org, "servers.write");
  const [servers, suggestion] = await Promise.all([
    listServers(context),
    suggestServer((await searchParams).server),
  ]);
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
        suggestion={suggestion}
        testConnection={requestConnectionTest.bind(null, org)}
        registerServer={registerServer.bind(null, org)}
        requestDiscovery={requestDiscovery.bind(null, org)}
      />
    </Page>
  );
}

/** The catalogue's "Use in Callgate" names a server; one that the catalogue does not have is none. */
async function suggestServer(slug: string | string[] | undefined) {
  const server = typeof slug === "string" ? await findCatalogueServer(slug) : null;
  if (server === null) return undefined;
  const connector = CONNECTORS.find((each) => each.package === server.package);
  const choice = connector
    ? { kind: "connector" as const, id: connector.id }
    : { kind: "url" as const };
  return { name: server.title, command: server.command, choice };
}
