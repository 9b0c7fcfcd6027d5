import type { MetadataRoute } from "next";
import { toolHref } from "#components/catalog/hrefs.ts";
import { listCataloguePages } from "#lib/catalogue/read.ts";
import { sitePages } from "#lib/docs/pages.ts";
import { env } from "#lib/env.ts";

/** Addresses in it are this installation's: not known when the dashboard is built. */
export const dynamic = "force-dynamic";

export default async function sitemap(): Promise<MetadataRoute.Sitemap> {
  const base = env().publicUrl;
  const servers = await listCataloguePages();
  return [
    ...["/catalog", ...sitePages.map(({ path }) => path)].map((path) => ({
      url: `${base}${path}`,
    })),
    ...servers.flatMap(({ slug, recordedAt, tools }) => [
      { url: `${base}/catalog/${slug}`, lastModified: recordedAt },
      ...tools.map((tool) => ({ url: `${base}${toolHref(slug, tool)}`, lastModified: recordedAt })),
    ]),
  ];
}
