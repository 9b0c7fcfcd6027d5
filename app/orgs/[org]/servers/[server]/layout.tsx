import { ConnectLink } from "#components/servers/connect-link.tsx";
import { ServerHealth } from "#components/servers/server-health.tsx";
import { ServerTabs } from "#components/servers/server-tabs.tsx";
import { Page } from "#components/shell/page.tsx";
import { CopyField } from "#components/ui/copy-button.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { readServer } from "./read-server.ts";

export async function generateMetadata({ params }: LayoutProps<"/orgs/[org]/servers/[server]">) {
  return { title: (await params).server };
}

export default async function ServerLayout({
  params,
  children,
}: LayoutProps<"/orgs/[org]/servers/[server]">) {
  const { org, server: slug } = await params;
  const server = await readServer(org, slug);
  const base = `/orgs/${org}/servers/${slug}`;
  return (
    <Page>
      <PageHeader
        title={server.name}
        breadcrumbs={[{ label: "Servers", href: `/orgs/${org}/servers` }]}
        meta={<ServerHealth server={server} />}
        action={<ConnectLink href={`${base}/connect`} />}
      >
        <CopyField value={server.proxyUrl} what="proxy URL" className="max-w-xl" />
        <ServerTabs base={base} tools={server.tools} agents={server.agents} />
      </PageHeader>
      {children}
    </Page>
  );
}
