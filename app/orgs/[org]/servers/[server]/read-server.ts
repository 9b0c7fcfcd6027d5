import "server-only";
import { cache } from "react";
import { getServer, type ServerDetail } from "#lib/servers/servers.ts";
import { forPage } from "#lib/web/errors.ts";
import { requireOrg } from "#lib/web/session.ts";

/** The server of a page and its layout, read once a request; 404 when there is none. */
export const readServer = cache(async (org: string, slug: string): Promise<ServerDetail> => {
  const context = await requireOrg(org, "servers.read");
  return forPage(getServer(context, { server: slug }));
});
