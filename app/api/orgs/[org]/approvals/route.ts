import { queueItemOf } from "#components/approvals/queue-item.ts";
import { listApprovals } from "#lib/approvals/approvals.ts";
import { liveResponse } from "#lib/web/live.ts";

export async function GET(
  request: Request,
  { params }: RouteContext<"/api/orgs/[org]/approvals">,
): Promise<Response> {
  const { org } = await params;
  return liveResponse(request, org, "approvals.read", async (context) =>
    (await listApprovals(context, { state: "pending" })).map(queueItemOf),
  );
}
