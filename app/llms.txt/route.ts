import { catalogueMarkdown } from "#lib/catalogue/markdown.ts";
import { listCatalogueServers } from "#lib/catalogue/read.ts";
import { documentHref } from "#lib/docs/markdown.ts";
import { sitePages } from "#lib/docs/pages.ts";
import { env } from "#lib/env.ts";

/** Addresses in it are this installation's: not known when the dashboard is built. */
export const dynamic = "force-dynamic";

/** What a language model should know of this site, and where to read on (llmstxt.org). */
export async function GET(): Promise<Response> {
  const base = env().publicUrl;
  const text = [
    "# Callgate",
    "> The gate between AI agents and the MCP servers they use: every tool call is decided by a policy and recorded before it reaches the server.",
    "Every page is also there as Markdown (add .md to its address; the first page is index.md) and as JSON (.json).",
    [
      ...sitePages.map(({ path, label }) => `- [${label}](${base}${documentHref(path, "md")})`),
      `- [Catalogue as JSON](${base}/catalog.json)`,
    ].join("\n"),
    catalogueMarkdown(await listCatalogueServers(), base).replace(/^# /, "## "),
  ].join("\n\n");
  return new Response(text, { headers: { "content-type": "text/plain; charset=utf-8" } });
}
