import { countPending } from "#lib/approvals/approvals.ts";
import { liveResponse } from "#lib/web/live.ts";

type Context = RouteContext<"/api/orgs/[org]/approvals/count">;

export async function GET(request: Request, { params }: Context): Promise<Response> {
  const { org } = await params;
  return liveResponse(request, org, "approvals.read", async (context) => ({
    count: await countPending(context),
  }));
}
