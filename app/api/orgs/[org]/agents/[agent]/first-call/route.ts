import { firstCallOf, listCalls } from "#lib/calls/calls.ts";
import { callFloor } from "#lib/calls/floor.ts";
import { liveResponse } from "#lib/web/live.ts";

/**
 * The first call of an agent; with `server` and `since`, its first one there after that moment.
 * Null until then; ends with it.
 */
export async function GET(
  request: Request,
  { params }: RouteContext<"/api/orgs/[org]/agents/[agent]/first-call">,
) {
  const { org, agent } = await params;
  const query = new URL(request.url).searchParams;
  const server = query.get("server");
  const since = new Date(query.get("since") ?? "");
  return liveResponse(
    request,
    org,
    "calls.read",
    async (context) => {
      if (server === null || Number.isNaN(since.getTime())) return firstCallOf(context, { agent });
      // Forward from that moment: later calls must not stand in for the first.
      const after = callFloor(since);
      const { calls } = await listCalls(context, { agent, server, after, limit: 1 });
      return calls[0] ?? null;
    },
    (call) => call !== null,
  );
}
