import { notFound } from "next/navigation";
import { cache } from "react";
import { type CatalogueServerPage, getCatalogueServerPage } from "#lib/catalogue/lists.ts";
import { type CatalogueToolPage, getCatalogueTool } from "#lib/catalogue/read.ts";
import { type ToolText, toolText } from "#lib/catalogue/tool-text.ts";
import { AppError } from "#lib/errors.ts";

/** A page's server with one page of its tools, read once a request; what the catalogue does not have is a 404. */
export const readServer = cache(
  (server: string, page: number): Promise<CatalogueServerPage> =>
    found(getCatalogueServerPage({ server, page })),
);

/** A page's tool, by the name as it stands in the address, and the words about it. */
export const readToolText = cache(
  async (server: string, tool: string): Promise<{ page: CatalogueToolPage; text: ToolText }> => {
    const page = await found(getCatalogueTool({ server, tool: decoded(tool) }));
    return { page, text: toolText(page) };
  },
);

export function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

async function found<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof AppError && ["not_found", "invalid_input"].includes(error.code))
      notFound();
    throw error;
  }
}
