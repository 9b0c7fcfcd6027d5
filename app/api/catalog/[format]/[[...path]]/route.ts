import { findMisplaced } from "#lib/catalogue/elsewhere.ts";
import { catalogueJson, misplacedJson, serverJson, toolJson } from "#lib/catalogue/json.ts";
import {
  catalogueMarkdown,
  misplacedMarkdown,
  serverMarkdown,
  toolMarkdown,
} from "#lib/catalogue/markdown.ts";
import { getCatalogueServer, getCatalogueTool, listCatalogueServers } from "#lib/catalogue/read.ts";
import { toolText } from "#lib/catalogue/tool-text.ts";
import { env } from "#lib/env.ts";
import { AppError } from "#lib/errors.ts";

/** The catalogue's pages for programs: `/catalog/….md` and `….json` lead here (next.config.ts). */
export async function GET(
  _request: Request,
  { params }: RouteContext<"/api/catalog/[format]/[[...path]]">,
): Promise<Response> {
  const { format, path = [] } = await params;
  if (format !== "md" && format !== "json") return answer("There is no such format.", 404, "md");
  try {
    const { markdown, json } = await render(path.map(decodeURIComponent));
    const base = env().publicUrl;
    const body = format === "md" ? markdown(base) : JSON.stringify(json(base), null, 2);
    return answer(body, 200, format);
  } catch (error) {
    const isMissing = error instanceof AppError || error instanceof URIError;
    if (!isMissing) throw error;
    return answer(
      format === "md" ? error.message : JSON.stringify({ error: error.message }),
      404,
      format,
    );
  }
}

async function render([server, tool, ...rest]: string[]): Promise<{
  markdown: (base: string) => string;
  json: (base: string) => unknown;
}> {
  if (rest.length > 0) throw new AppError("not_found", "There is no such page.");
  if (server === undefined) {
    const servers = await listCatalogueServers();
    return {
      markdown: (base) => catalogueMarkdown(servers, base),
      json: () => catalogueJson(servers),
    };
  }
  if (tool === undefined) {
    const whole = await getCatalogueServer({ server });
    return { markdown: (base) => serverMarkdown(whole, base), json: () => serverJson(whole) };
  }
  const misplaced = findMisplaced(server, tool);
  if (misplaced) {
    return {
      markdown: (base) => misplacedMarkdown(misplaced, base),
      json: (base) => misplacedJson(misplaced, base),
    };
  }
  const page = await getCatalogueTool({ server, tool });
  const text = toolText(page);
  return { markdown: (base) => toolMarkdown(page, text, base), json: () => toolJson(page, text) };
}

function answer(body: string, status: number, format: "md" | "json"): Response {
  const type = format === "md" ? "text/markdown" : "application/json";
  return new Response(body, {
    status,
    headers: { "content-type": `${type}; charset=utf-8`, "cache-control": "public, max-age=300" },
  });
}
