import { callItemOf } from "#components/calls/call-item.ts";
import { filtersOf } from "#components/calls/filters.ts";
import { listCalls } from "#lib/calls/calls.ts";
import { liveResponse } from "#lib/web/live.ts";

/** The newest page of the record with these filters. */
export async function GET(
  request: Request,
  { params }: RouteContext<"/api/orgs/[org]/calls">,
): Promise<Response> {
  const { org } = await params;
  const filters = filtersOf(Object.fromEntries(new URL(request.url).searchParams));
  return liveResponse(request, org, "calls.read", async (context) =>
    (await listCalls(context, filters)).calls.map(callItemOf),
  );
}
