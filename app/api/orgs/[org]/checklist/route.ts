import { checklistOf } from "#lib/orgs/checklist.ts";
import { liveResponse } from "#lib/web/live.ts";

export async function GET(
  request: Request,
  { params }: RouteContext<"/api/orgs/[org]/checklist">,
): Promise<Response> {
  const { org } = await params;
  return liveResponse(request, org, "org.read", checklistOf, (steps) =>
    steps.every(({ done }) => done),
  );
}
