import { documentMarkdown } from "#lib/docs/markdown.ts";
import { sitePages } from "#lib/docs/pages.ts";
import { env } from "#lib/env.ts";

/** Pages of words for programs: `/docs/….md`, `/contact.json` and the like lead here (next.config.ts). */
export async function GET(
  _request: Request,
  { params }: RouteContext<"/api/documents/[format]/[...path]">,
): Promise<Response> {
  const { format, path } = await params;
  const wanted = path.join("/") === "index" ? "/" : `/${path.join("/")}`;
  const page = sitePages.find((each) => each.path === wanted);
  if (page === undefined || (format !== "md" && format !== "json")) {
    return new Response("There is no such page.", { status: 404 });
  }
  const content = await page.read();
  const isMarkdown = format === "md";
  const body = isMarkdown
    ? documentMarkdown(content, env().publicUrl)
    : JSON.stringify(content, null, 2);
  const type = isMarkdown ? "text/markdown" : "application/json";
  const headers = {
    "content-type": `${type}; charset=utf-8`,
    "cache-control": "public, max-age=300",
  };
  return new Response(body, { headers });
}
