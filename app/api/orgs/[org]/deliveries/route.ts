import { deliveryItemOf } from "#components/notifications/delivery-item.ts";
import { listDeliveries } from "#lib/notifications/deliveries.ts";
import { liveResponse } from "#lib/web/live.ts";

export async function GET(
  request: Request,
  { params }: RouteContext<"/api/orgs/[org]/deliveries">,
): Promise<Response> {
  const { org } = await params;
  return liveResponse(request, org, "notifications.read", async (context) =>
    (await listDeliveries(context)).map(deliveryItemOf),
  );
}
