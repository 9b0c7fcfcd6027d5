import { ListTree } from "lucide-react";
import type { Metadata } from "next";
import { callItemOf } from "#components/calls/call-item.ts";
import { LiveCalls } from "#components/calls/calls-table.tsx";
import { FilterChips } from "#components/calls/chips.tsx";
import { Facets } from "#components/calls/facets.tsx";
import { type CallFilters, callsHref, filtersOf } from "#components/calls/filters.ts";
import { Page } from "#components/shell/page.tsx";
import { EmptyState, NoMatch } from "#components/ui/empty-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Pagination } from "#components/ui/pagination.tsx";
import type { OrgContext } from "#lib/auth/context.ts";
import { type CallPage, listCalls } from "#lib/calls/calls.ts";
import { listCallFacets } from "#lib/calls/facets.ts";
import { AppError } from "#lib/errors.ts";
import { isId } from "#lib/ids.ts";
import { requireOrg } from "#lib/web/session.ts";

export const metadata: Metadata = { title: "Calls" };

type Place = { before?: string; after?: string };

export default async function CallsPage({ params, searchParams }: PageProps<"/orgs/[org]/calls">) {
  const { org } = await params;
  const query = await searchParams;
  const context = await requireOrg(org, "calls.read");
  const filters = filtersOf(query);
  const place = placeOf(query);
  const base = `/orgs/${org}/calls`;
  const [facets, page] = await Promise.all([
    listCallFacets(context, filters.server === undefined ? {} : { server: filters.server }),
    readPage(context, filters, place),
  ]);
  const isNewest = place.before === undefined && place.after === undefined;
  const isFiltered = Object.keys(filters).length > 0;
  return (
    <Page>
      <PageHeader title="Calls" />
      <div className="grid gap-x-8 gap-y-4 lg:flex">
        <Facets base={base} filters={filters} {...facets} />
        <div className="grid min-w-0 flex-1 grid-cols-1 content-start gap-3">
          <LiveCalls
            key={callsHref(base, filters, place)}
            base={base}
            initial={page.calls.map(callItemOf)}
            liveUrl={isNewest ? callsHref(`/api${base}`, filters) : null}
            chips={<FilterChips base={base} filters={filters} />}
            empty={
              isFiltered || !isNewest ? (
                <NoMatch what="calls" clearHref={base} />
              ) : (
                <EmptyState
                  icon={<ListTree aria-hidden="true" />}
                  title="No calls yet"
                  description="Every call that an agent makes appears here with its decision, as it happens."
                />
              )
            }
          />
          <Pagination
            what="calls"
            {...(page.calls.length > 0 && { summary: `${page.calls.length} shown` })}
            {...neighbours(base, filters, place, page)}
          />
        </div>
      </div>
    </Page>
  );
}

function placeOf({ before, after }: Record<string, string | string[] | undefined>): Place {
  if (typeof before === "string" && isId(before)) return { before };
  if (typeof after === "string" && isId(after)) return { after };
  return {};
}

/** A server or agent that is not there has no calls. */
async function readPage(
  context: OrgContext,
  filters: CallFilters,
  place: Place,
): Promise<CallPage> {
  try {
    return await listCalls(context, { ...filters, ...place });
  } catch (error) {
    if (error instanceof AppError && error.code === "not_found") return { calls: [], next: null };
    throw error;
  }
}

/** The pages beside this one. Going towards the present ends at the newest page. */
function neighbours(base: string, filters: CallFilters, place: Place, { calls, next }: CallPage) {
  const [first, last] = [calls[0]?.id, calls.at(-1)?.id];
  const goesNewer = place.after !== undefined;
  const older = goesNewer ? last : next;
  const newest = callsHref(base, filters);
  const newer =
    first !== undefined && (!goesNewer || next !== null)
      ? callsHref(base, filters, { after: first })
      : newest;
  return {
    olderHref: older ? callsHref(base, filters, { before: older }) : undefined,
    newerHref: place.before !== undefined || goesNewer ? newer : undefined,
  };
}
