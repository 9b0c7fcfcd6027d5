import { getJob } from "#lib/jobs/jobs.ts";
import { liveResponse } from "#lib/web/live.ts";

/** A job's steps as they happen; ends with the job. */
export async function GET(
  request: Request,
  { params }: RouteContext<"/api/orgs/[org]/jobs/[job]">,
) {
  const { org, job } = await params;
  return liveResponse(
    request,
    org,
    "servers.read",
    (context) => getJob(context, { id: job }),
    ({ state }) => state === "done" || state === "failed",
  );
}
