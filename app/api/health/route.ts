import { isDatabaseReachable } from "#lib/web/health.ts";

export async function GET(): Promise<Response> {
  const ok = await isDatabaseReachable();
  return Response.json(
    { ok, database: ok ? "ok" : "unreachable" },
    { status: ok ? 200 : 503, headers: { "cache-control": "no-store" } },
  );
}
