import type { MetadataRoute } from "next";
import { env } from "#lib/env.ts";

/** Addresses in it are this installation's: not known when the dashboard is built. */
export const dynamic = "force-dynamic";

export default function robots(): MetadataRoute.Robots {
  return {
    rules: { userAgent: "*", allow: "/", disallow: ["/orgs", "/account", "/api/"] },
    sitemap: `${env().publicUrl}/sitemap.xml`,
  };
}
