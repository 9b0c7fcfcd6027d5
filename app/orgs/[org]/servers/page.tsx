import { Plus, Server } from "lucide-react";
import type { Metadata } from "next";
import { ServersTable } from "#components/servers/servers-table.tsx";
import { Page } from "#components/shell/page.tsx";
import { ButtonLink } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { listServers } from "#lib/servers/servers.ts";
import { may, requireOrg } from "#lib/web/session.ts";

export const metadata: Metadata = { title: "Servers" };

export default async function ServersPage({ params }: PageProps<"/orgs/[org]/servers">) {
  const { org } = await params;
  const context = await requireOrg(org, "servers.read");
  const servers = await listServers(context);
  const register = may(context, "servers.write") ? (
    <ButtonLink
      href={`/orgs/${org}/servers/new`}
      variant="primary"
      icon={<Plus aria-hidden="true" className="size-4" />}
    >
      Register server
    </ButtonLink>
  ) : undefined;
  return (
    <Page>
      <PageHeader title="Servers" {...(servers.length > 0 && register && { action: register })} />
      {servers.length === 0 ? (
        <EmptyState
          icon={<Server aria-hidden="true" />}
          title="No servers yet"
          description="Register an MCP server. Its tools are listed and classified, and every call to it is decided here."
          action={register}
        />
      ) : (
        <ServersTable servers={servers} base={`/orgs/${org}/servers`} />
      )}
    </Page>
  );
}
