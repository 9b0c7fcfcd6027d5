import { History } from "lucide-react";
import type { Metadata } from "next";
import { historyFilters, historyHref } from "#components/approvals/history-filters.ts";
import { HistoryForm } from "#components/approvals/history-form.tsx";
import { HistoryTable } from "#components/approvals/history-table.tsx";
import { Page } from "#components/shell/page.tsx";
import { EmptyState, NoMatch } from "#components/ui/empty-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Pagination } from "#components/ui/pagination.tsx";
import { listApprovals } from "#lib/approvals/approvals.ts";
import { requireOrg } from "#lib/web/session.ts";

export const metadata: Metadata = { title: "History of approvals" };

const perPage = 50;

export default async function ApprovalHistoryPage({
  params,
  searchParams,
}: PageProps<"/orgs/[org]/approvals/history">) {
  const { org } = await params;
  const query = await searchParams;
  const context = await requireOrg(org, "approvals.read");
  const base = `/orgs/${org}/approvals`;
  const filters = historyFilters(query);
  const before = typeof query.before === "string" ? query.before : undefined;
  const found = await listApprovals(context, {
    ...filters,
    ...(before !== undefined && { before }),
    limit: perPage + 1,
  });
  const rows = found.slice(0, perPage);
  const last = found.length > perPage ? rows.at(-1)?.id : undefined;
  const isNarrowed = Object.keys(filters).length > 0 || before !== undefined;
  return (
    <Page>
      <PageHeader
        title="History"
        breadcrumbs={[{ label: "Approvals", href: base }]}
        description="Every request for approval, with who decided it."
      />
      <HistoryForm base={`${base}/history`} filters={filters} />
      {rows.length > 0 ? (
        <HistoryTable base={base} rows={rows} />
      ) : isNarrowed ? (
        <NoMatch what="requests" clearHref={`${base}/history`} />
      ) : (
        <EmptyState
          icon={<History aria-hidden="true" />}
          title="No requests yet"
          description="Each call that waits for a person appears here, with what became of it."
        />
      )}
      <Pagination
        what="requests"
        {...(rows.length > 0 && { summary: `${rows.length} shown` })}
        newerHref={before === undefined ? undefined : historyHref(`${base}/history`, filters)}
        olderHref={last && historyHref(`${base}/history`, filters, last)}
      />
    </Page>
  );
}
