import { ListTree } from "lucide-react";
import { callItemOf } from "#components/calls/call-item.ts";
import { LiveCalls } from "#components/calls/calls-table.tsx";
import { FilterChips } from "#components/calls/chips.tsx";
import { callsHref, filtersOf } from "#components/calls/filters.ts";
import { EmptyState, NoMatch } from "#components/ui/empty-state.tsx";
import { Pagination } from "#components/ui/pagination.tsx";
import { listCalls } from "#lib/calls/calls.ts";
import { isId } from "#lib/ids.ts";
import { forPage } from "#lib/web/errors.ts";
import { requireOrg } from "#lib/web/session.ts";

export default async function ServerCallsPage({
  params,
  searchParams,
}: PageProps<"/orgs/[org]/servers/[server]/calls">) {
  const [{ org, server }, query] = await Promise.all([params, searchParams]);
  const context = await requireOrg(org, "calls.read");
  const { server: _, ...filters } = filtersOf(query);
  const before =
    typeof query.before === "string" && isId(query.before) ? { before: query.before } : {};
  const page = await forPage(listCalls(context, { ...filters, server, ...before }));
  const base = `/orgs/${org}/servers/${server}/calls`;
  const isNewest = before.before === undefined;
  return (
    <div className="grid content-start gap-3">
      <LiveCalls
        key={callsHref(base, filters, before)}
        base={`/orgs/${org}/calls`}
        initial={page.calls.map(callItemOf)}
        liveUrl={isNewest ? callsHref(`/api/orgs/${org}/calls`, { ...filters, server }) : null}
        chips={<FilterChips base={base} filters={filters} />}
        omit="server"
        empty={
          Object.keys(filters).length > 0 || !isNewest ? (
            <NoMatch what="calls" clearHref={base} />
          ) : (
            <EmptyState
              icon={<ListTree aria-hidden="true" />}
              title="No calls yet"
              description="Every call to this server appears here with its decision, as it happens."
            />
          )
        }
      />
      <Pagination
        what="calls"
        {...(page.calls.length > 0 && { summary: `${page.calls.length} shown` })}
        {...(!isNewest && { newerHref: callsHref(base, filters) })}
        {...(page.next !== null && { olderHref: callsHref(base, filters, { before: page.next }) })}
      />
    </div>
  );
}
