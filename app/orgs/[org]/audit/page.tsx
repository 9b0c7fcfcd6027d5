import { ScrollText } from "lucide-react";
import type { Metadata } from "next";
import { AuditList } from "#components/audit/audit-list.tsx";
import { Page } from "#components/shell/page.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Pagination } from "#components/ui/pagination.tsx";
import { listAuditEvents } from "#lib/audit/audit.ts";
import { isId } from "#lib/ids.ts";
import { requireOrg } from "#lib/web/session.ts";

export const metadata: Metadata = { title: "Audit" };

export default async function AuditPage({ params, searchParams }: PageProps<"/orgs/[org]/audit">) {
  const { org } = await params;
  const { before } = await searchParams;
  const context = await requireOrg(org, "audit.read");
  const cursor = typeof before === "string" && isId(before) ? before : undefined;
  const { events, next } = await listAuditEvents(context, cursor === undefined ? {} : { cursor });
  const base = `/orgs/${org}/audit`;
  return (
    <Page width="content">
      <PageHeader
        title="Audit"
        description="What people changed, newest first. Entries cannot be altered or removed."
      />
      {events.length === 0 ? (
        <EmptyState
          icon={<ScrollText aria-hidden="true" />}
          title="No changes here"
          description="Registering servers, setting rules, creating agents and deciding approvals is noted here."
        />
      ) : (
        <div>
          <AuditList events={events} />
          <Pagination
            what="changes"
            summary={`${events.length} shown`}
            olderHref={next === null ? undefined : `${base}?before=${next}`}
            newerHref={cursor === undefined ? undefined : base}
          />
        </div>
      )}
    </Page>
  );
}
